//! An e-mail as it was sent: who, when, about what, its text, what is attached.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Mail {
    /// Its Message-ID; empty when it has none.
    pub message_id: String,
    /// The name the sender gives; may be empty.
    pub from_name: String,
    /// The address of the sender.
    pub from_address: String,
    /// The subject, without line breaks.
    pub subject: String,
    /// When it was received by the last server on its way, else when it was sent.
    pub at: Option<Timestamp>,
    /// The text a person reads; of a mail in HTML the text of that page.
    pub text: String,
    /// What is attached, also pictures that stand in the text.
    pub files: Vec<MailFile>,
    /// Things a person should know, each one Chinese sentence.
    pub notes: Vec<String>,
}

/// Something attached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailFile {
    /// Its name, without folders.
    pub name: String,
    /// Its bytes.
    #[serde(with = "digits")]
    pub bytes: Vec<u8>,
}

/// Bytes as hexadecimal digits: twice as long, and four times shorter than a list of numbers.
mod digits {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |n: u8| DIGITS.get(usize::from(n)).copied().map_or('0', char::from);
        let text: String = bytes.iter().flat_map(|it| [digit(it >> 4), digit(it & 15)]).collect();
        to.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        let value = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
        let pair = |it: &[u8]| match it {
            [high, low] => Some(value(*high)? << 4 | value(*low)?),
            _ => None,
        };
        text.as_bytes().chunks(2).map(pair).collect::<Option<Vec<u8>>>().ok_or_else(|| D::Error::custom("no digits"))
    }
}
