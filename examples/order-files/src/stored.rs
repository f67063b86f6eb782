//! Columns of numbers as bytes, and back.

/// Appends a column after its length.
pub(crate) fn put<T: Copy, const N: usize>(bytes: &mut Vec<u8>, values: &[T], of: impl Fn(T) -> [u8; N]) {
    bytes.reserve(8 + N * values.len());
    bytes.extend_from_slice(&(values.len() as u64).to_le_bytes());
    for &value in values {
        bytes.extend_from_slice(&of(value));
    }
}

/// Takes a column that [`put`] appended from the front; `None` where there is none.
pub(crate) fn take<T, const N: usize>(bytes: &mut &[u8], value: impl Fn([u8; N]) -> T) -> Option<Vec<T>> {
    let length = usize::try_from(u64::from_le_bytes(one(bytes)?)).ok()?;
    let (column, rest) = bytes.split_at_checked(length.checked_mul(N)?)?;
    *bytes = rest;
    Some(column.chunks_exact(N).filter_map(|bytes| bytes.try_into().ok()).map(value).collect())
}

/// Takes some bytes from the front.
pub(crate) fn one<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}

/// The values of a column at some places; none of an empty one.
pub(crate) fn select<T: Copy>(column: &[T], at: &[u32]) -> Vec<T> {
    at.iter().filter_map(|&at| column.get(at as usize)).copied().collect()
}
