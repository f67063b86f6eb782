//! Rules in files.

mod read;
mod tree;
mod write;

use serde::de::{Deserialize, Deserializer, Error as _};

use self::tree::Tree;
use super::rule::Rule;

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::rule(&Tree::read(deserializer)?, "").map_err(D::Error::custom)
    }
}
