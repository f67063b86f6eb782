//! Ids as bytes.

use crate::record::CustomerId;

/// An id that can be written as bytes and read back: what [`SpilledFold`](super::SpilledFold) and a stored
/// [`Ledger`](crate::Ledger) ask of ids.
///
/// Whole numbers and texts have it. Give it to a newtype by handing over to what it wraps.
pub trait StoredId: CustomerId {
    /// Appends the id.
    fn write(&self, bytes: &mut Vec<u8>);

    /// Takes an id from the front; `None` when there is none.
    fn read(bytes: &mut &[u8]) -> Option<Self>;
}

/// Whole numbers, at their full length.
macro_rules! numbers {
    ($($number:ty),+) => {
        $(impl StoredId for $number {
            fn write(&self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }

            fn read(bytes: &mut &[u8]) -> Option<Self> {
                let (first, rest) = bytes.split_first_chunk()?;
                *bytes = rest;
                Some(Self::from_le_bytes(*first))
            }
        })+
    };
}

numbers!(u32, u64, u128, i32, i64);

impl StoredId for String {
    fn write(&self, bytes: &mut Vec<u8>) {
        put(self.len() as u128, bytes);
        bytes.extend_from_slice(self.as_bytes());
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        let length = usize::try_from(take(bytes)?).ok()?;
        let (text, rest) = bytes.split_at_checked(length)?;
        *bytes = rest;
        Self::from_utf8(text.to_vec()).ok()
    }
}

/// Appends a number by seven bits a byte, the lowest first.
pub(super) fn put(mut number: u128, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Takes what [`put`] appended.
pub(super) fn take(bytes: &mut &[u8]) -> Option<u128> {
    let mut number = 0;
    for place in (0..u128::BITS).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u128::from(byte & 0x7f) << place;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_back<Id: StoredId>(ids: &[Id]) {
        let mut bytes = Vec::new();
        for id in ids {
            id.write(&mut bytes);
        }
        let mut rest = bytes.as_slice();
        let read: Vec<_> = ids.iter().map_while(|_| Id::read(&mut rest)).collect();
        assert_eq!(read, ids);
        assert!(rest.is_empty() && Id::read(&mut rest).is_none());
    }

    #[test]
    fn ids_are_read_back() {
        read_back(&[0_u32, 7, u32::MAX]);
        read_back(&[0_u64, 7, u64::MAX]);
        read_back(&[u128::MAX, 0]);
        read_back(&[i32::MIN, -1, i32::MAX]);
        read_back(&[i64::MIN, 0, i64::MAX]);
        read_back(&[String::new(), "茶".to_owned(), "a".repeat(300)]);
    }

    #[test]
    fn bytes_of_no_id_are_none() {
        for bytes in [&[][..], &[3, b'a'], &[1, 0xff], &[0x80; 30]] {
            assert_eq!(String::read(&mut &*bytes), None, "{bytes:?}");
        }
        assert_eq!(u32::read(&mut [0; 3].as_slice()), None);
    }

    #[test]
    fn numbers_are_read_back() {
        for number in (0..128).map(|bits| 1_u128 << bits).chain([0, 127, 128, u128::MAX]) {
            let mut bytes = Vec::new();
            put(number, &mut bytes);
            assert_eq!(take(&mut bytes.as_slice()), Some(number));
        }
    }
}
