//! The ways to reach a customer.

use std::borrow::Cow;

use crate::scale::Language;

/// A way to reach a customer, told by its key: one of the constants, or the shop's own.
///
/// Two channels are the same when their keys are equal, so `Channel::new("sms")` is [`Channel::SMS`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Channel(Cow<'static, str>);

impl Channel {
    /// Text messages, 短信.
    pub const SMS: Self = Self(Cow::Borrowed("sms"));
    /// Email, 邮件.
    pub const EMAIL: Self = Self(Cow::Borrowed("email"));
    /// Notifications of the shop's app, 应用推送.
    pub const APP_PUSH: Self = Self(Cow::Borrowed("app_push"));
    /// Calls, 电话.
    pub const PHONE: Self = Self(Cow::Borrowed("phone"));
    /// `WeChat`, 微信.
    pub const WECHAT: Self = Self(Cow::Borrowed("wechat"));

    /// A channel by its key.
    pub fn new(key: impl Into<Cow<'static, str>>) -> Self {
        Self(key.into())
    }

    /// The name that programs, files and databases use.
    pub fn key(&self) -> &str {
        &self.0
    }

    /// The name that people read; the key, for a channel of the shop's own.
    pub fn name(&self, language: Language) -> &str {
        let (english, chinese) = match self.key() {
            "sms" => ("SMS", "短信"),
            "email" => ("email", "邮件"),
            "app_push" => ("app push", "应用推送"),
            "phone" => ("phone", "电话"),
            "wechat" => ("WeChat", "微信"),
            key => (key, key),
        };
        language.pick(english, chinese)
    }
}
