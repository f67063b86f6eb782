//! Inputs from inputs: what the driver changes between two executions.

use rand::{Rng, RngCore};
use rand_chacha::ChaCha8Rng;

/// The longest input that the driver makes.
pub const LONGEST: usize = 1 << 12;

/// A new input: an old one changed at one to eight places, or joined with another.
pub fn mutated(input: &[u8], other: &[u8], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..1 << random.random_range(0..4) {
        change(&mut bytes, other, random);
    }
    bytes.truncate(LONGEST);
    bytes
}

/// Bytes without any history.
pub fn fresh(random: &mut ChaCha8Rng) -> Vec<u8> {
    let longest = 1 << random.random_range(3..10);
    let mut bytes = vec![0; random.random_range(1..longest)];
    random.fill_bytes(&mut bytes);
    bytes
}

fn change(bytes: &mut Vec<u8>, other: &[u8], random: &mut ChaCha8Rng) {
    let at = random.random_range(0..=bytes.len());
    let length = random.random_range(0..=16.min(bytes.len() - at));
    match random.random_range(0..9) {
        0 => bytes.insert(at, random.random()),
        1 => drop(bytes.drain(at..at + length)),
        2 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = random.random()),
        3 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << random.random_range(0..8)),
        4 => bytes
            .iter_mut()
            .skip(at)
            .take(1)
            .for_each(|byte| *byte = [0, 1, 127, 128, 254, 255][random.random_range(0..6)]),
        5 => {
            let copied = bytes[at..at + length].to_vec();
            let to = random.random_range(0..=bytes.len());
            bytes.splice(to..to, copied);
        }
        6 if !other.is_empty() => {
            let from = random.random_range(0..other.len());
            let length = random.random_range(0..=64.min(other.len() - from));
            bytes.splice(at..at, other[from..from + length].iter().copied());
        }
        7 if !other.is_empty() => {
            bytes.truncate(at);
            bytes.extend(&other[random.random_range(0..other.len())..]);
        }
        // A digit becomes another one, which keeps text what it was.
        _ => {
            let digits: Vec<usize> = (0..bytes.len()).filter(|&at| bytes[at].is_ascii_digit()).collect();
            if let Some(&at) = digits.get(random.random_range(0..digits.len().max(1))) {
                bytes[at] = random.random_range(b'0'..=b'9');
            }
        }
    }
}
