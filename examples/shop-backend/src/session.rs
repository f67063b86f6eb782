//! Browsers that are signed in: a random cookie, of which the database has a hash. A session may read, as the read token may.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use crate::auth::{Tokens, random};

const NAME: &str = "shop_session";
/// Signed in for so long.
const HOURS: i64 = 12;
/// Wrong tokens of a minute, of all callers together, after which the next has to wait.
const MOST_TRIES: usize = 10;

/// A session that begins.
pub(crate) struct Session {
    pub(crate) secret: String,
    pub(crate) expires_at: DateTime<Utc>,
}

impl Session {
    pub(crate) fn new() -> Self {
        // Twice 122 random bits.
        Self { secret: random() + &random(), expires_at: Utc::now() + TimeDelta::hours(HOURS) }
    }

    /// Not for scripts, not for other sites; over TLS only where it came over TLS.
    pub(crate) fn cookie(&self, is_secure: bool) -> String {
        let secure = if is_secure { "; Secure" } else { "" };
        format!("{NAME}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}", self.secret, HOURS * 3600)
    }
}

/// Takes the cookie away.
pub(crate) fn no_cookie() -> String {
    format!("{NAME}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// The secret that a browser sends.
pub(crate) fn secret(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == NAME).map(|(_, secret)| secret)
}

/// Under which name the database has a session.
pub(crate) fn name(secret: &str, tokens: &Tokens) -> String {
    let mut hash = Sha256::new();
    for part in [Some(secret)].into_iter().chain(tokens.all()) {
        hash.update(part.unwrap_or_default());
        hash.update([0]);
    }
    hash.finalize().iter().fold(String::new(), |mut name, byte| {
        // Writing to a string does not fail.
        let _ = write!(name, "{byte:02x}");
        name
    })
}

/// When wrong tokens came.
#[derive(Debug, Default)]
pub(crate) struct Tries(Mutex<VecDeque<Instant>>);

impl Tries {
    /// Whether there were too many of late.
    pub(crate) fn are_too_many(&self) -> bool {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tries.retain(|at| at.elapsed() < Duration::from_mins(1));
        tries.len() >= MOST_TRIES
    }

    pub(crate) fn count(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_found_among_other_cookies() {
        let of = |text: &str| HeaderMap::from_iter([(COOKIE, text.parse().unwrap())]);
        for text in ["shop_session=abc", "a=b; shop_session=abc; c=d", "shop_session=abc;x"] {
            assert_eq!(secret(&of(text)), Some("abc"), "{text}");
        }
        for text in ["", "my_shop_session=abc", "shop_session", "a=shop_session"] {
            assert_eq!(secret(&of(text)), None, "{text}");
        }
    }

    #[test]
    fn new_tokens_end_all_sessions() {
        let tokens = |read: &str, write: &str| Tokens::new(Some(read.to_owned()), Some(write.to_owned()));
        let names = [tokens("a", "b"), tokens("a", "c"), tokens("c", "b"), tokens("ab", "")];
        let names: std::collections::BTreeSet<_> = names.iter().map(|tokens| name("x", tokens)).collect();
        assert_eq!(names.len(), 4);
    }

    #[test]
    fn tries_are_counted() {
        let tries = Tries::default();
        (0..MOST_TRIES).for_each(|_| {
            assert!(!tries.are_too_many());
            tries.count();
        });
        assert!(tries.are_too_many());
    }
}
