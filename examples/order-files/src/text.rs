//! Bytes of a file to text in UTF-8, block by block.

use std::fmt;
use std::io::{self, Read};

use encoding_rs::{Decoder, GB18030, UTF_16BE, UTF_16LE};

use crate::error::Error;

/// Bytes that are looked at before an encoding is decided.
const BLOCK: usize = 1 << 20;

/// How a file's characters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, as its byte order mark says.
    Utf16,
    /// GB18030, which contains GBK and GB2312.
    Gb18030,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Gb18030 => "GB18030",
        })
    }
}

enum State {
    /// All so far was ASCII, which UTF-8 and GB18030 share.
    Ascii,
    Utf8,
    Decoded(Box<Decoder>),
    End,
}

/// The text of an input; its encoding is decided at the first byte that is not ASCII.
pub(crate) struct Text<R> {
    input: R,
    /// Bytes as they were read.
    raw: Vec<u8>,
    state: State,
    encoding: Encoding,
}

impl<R: Read> Text<R> {
    pub(crate) fn new(mut input: R) -> Result<Self, Error> {
        let mut raw = Vec::new();
        read_block(&mut input, &mut raw)?;
        if let Some((kind, mend)) = foreign(&raw) {
            return Err(Error::NotText { kind: kind.into(), mend: mend.into() });
        }
        let mut text = Self { input, raw, state: State::Ascii, encoding: Encoding::Utf8 };
        let mark = |bytes: &[u8]| text.raw.starts_with(bytes);
        let (length, state) = if mark(b"\xEF\xBB\xBF") {
            (3, State::Utf8)
        } else if mark(b"\xFF\xFE") {
            (2, State::Decoded(Box::new(UTF_16LE.new_decoder_without_bom_handling())))
        } else if mark(b"\xFE\xFF") {
            (2, State::Decoded(Box::new(UTF_16BE.new_decoder_without_bom_handling())))
        } else {
            (0, State::Ascii)
        };
        if matches!(state, State::Decoded(_)) {
            text.encoding = Encoding::Utf16;
        } else if text.raw.contains(&0) {
            let mend = [
                "save it as \"CSV UTF-8\" (in a text editor: Save as, encoding UTF-8)",
                "请另存为“CSV UTF-8”（文本编辑器：另存为，编码选 UTF-8）",
            ];
            let kind = ["not UTF-8 text (it has NUL bytes)", "非 UTF-8 文本（含 NUL 字节）"];
            return Err(Error::NotText { kind: kind.into(), mend: mend.into() });
        }
        text.state = state;
        text.raw.drain(..length);
        Ok(text)
    }

    /// The encoding, as far as it is decided.
    pub(crate) const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Appends the next block of text; false at the end of the file.
    pub(crate) fn append_to(&mut self, text: &mut Vec<u8>) -> Result<bool, Error> {
        if self.raw.is_empty() && !matches!(self.state, State::End) {
            read_block(&mut self.input, &mut self.raw)?;
        }
        if matches!(self.state, State::Ascii) && !self.raw.is_ascii() {
            self.decide();
        }
        match &mut self.state {
            State::End => return Ok(false),
            State::Ascii | State::Utf8 => {
                if self.raw.is_empty() {
                    self.state = State::End;
                    return Ok(false);
                }
                text.append(&mut self.raw);
            }
            State::Decoded(encoding) => {
                let last = self.raw.is_empty();
                let mut decoded = String::new();
                // No block makes more text than this, so that it is decoded in one step.
                decoded.reserve(encoding.max_utf8_buffer_length(self.raw.len()).unwrap_or(0));
                let _ = encoding.decode_to_string(&self.raw, &mut decoded, last);
                self.raw.clear();
                text.extend_from_slice(decoded.as_bytes());
                if last {
                    self.state = State::End;
                }
            }
        }
        Ok(true)
    }

    fn decide(&mut self) {
        if is_gb18030(&self.raw) {
            self.encoding = Encoding::Gb18030;
            self.state = State::Decoded(Box::new(GB18030.new_decoder_without_bom_handling()));
        } else {
            self.state = State::Utf8;
        }
    }
}

fn read_block(input: &mut impl Read, raw: &mut Vec<u8>) -> Result<(), Error> {
    loop {
        match input.by_ref().take(BLOCK as u64).read_to_end(raw) {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::Read(error)),
        }
    }
}

/// Whether text is not UTF-8 and is GB18030: it decodes, and reads as Chinese rather than as single bytes above ASCII
/// between ASCII letters, as a file in Windows-1252 or one with a damaged byte has them. Text that is mostly valid UTF-8
/// counts as damaged UTF-8: a file with one Chinese name can be both, and is refused with a message.
fn is_gb18030(raw: &[u8]) -> bool {
    let (mut valid, mut invalid) = (0_usize, 0_usize);
    for chunk in raw.utf8_chunks() {
        valid += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    // One character may be cut by the end of the block.
    if invalid == 0 || (invalid == 1 && raw.utf8_chunks().last().is_some_and(|last| is_cut(last.invalid()))) {
        return false;
    }
    if valid > invalid {
        return false;
    }
    let (mut chinese, mut others, mut at) = (0_usize, 0_usize, 0);
    while let Some(&lead) = raw.get(at) {
        if lead.is_ascii() {
            at += 1;
            continue;
        }
        let trail = raw.get(at + 1).copied();
        match (lead, trail) {
            (0xA1..=0xF7, Some(0xA1..=0xFE)) => chinese += 1,
            _ => others += 1,
        }
        at += 2;
    }
    let (text, had_errors) = GB18030.decode_without_bom_handling(raw);
    let cut_at_end = text.matches('\u{FFFD}').count() == 1 && text.ends_with('\u{FFFD}');
    (!had_errors || cut_at_end) && chinese > 2 * others
}

/// Whether bytes are the start of a character of UTF-8.
fn is_cut(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => false,
        Err(error) => error.error_len().is_none(),
    }
}

/// In English and in Chinese.
type Both = [&'static str; 2];

/// What a file is that is no table in text, and what to do.
fn foreign(raw: &[u8]) -> Option<(Both, Both)> {
    const SAVE: Both = [
        "open it, choose File > Save As > \"CSV UTF-8\" for the sheet with the orders, and read that file",
        "请打开它，把订单所在的工作表“另存为 > CSV UTF-8”，再读取另存的文件",
    ];
    const UNPACK: Both = ["unpack it first, and read the file that is inside", "请先解压，再读取里面的文件"];
    const EXPORT: Both = ["export the orders as CSV", "请以 CSV 格式导出订单"];
    let start = String::from_utf8_lossy(raw.get(..raw.len().min(64)).unwrap_or_default()).trim_start().to_lowercase();
    let has = |bytes: &[u8]| raw.starts_with(bytes);
    let holds = |bytes: &[u8]| memchr::memmem::find(raw, bytes).is_some();
    if has(b"PK\x03\x04") {
        let is_workbook = holds(b"xl/") || holds(b"[Content_Types].xml");
        Some(if is_workbook {
            (["an Excel workbook (.xlsx)", " Excel 工作簿（.xlsx）"], SAVE)
        } else {
            (["a ZIP archive", " ZIP 压缩包"], UNPACK)
        })
    } else if has(b"\xD0\xCF\x11\xE0") {
        Some((["an Excel workbook (.xls)", " Excel 工作簿（.xls）"], SAVE))
    } else if has(b"\x1F\x8B") {
        Some((["compressed with gzip", " gzip 压缩文件"], UNPACK))
    } else if has(b"PAR1") {
        Some((["a Parquet file", " Parquet 文件"], EXPORT))
    } else if has(b"%PDF") {
        Some((["a PDF", " PDF"], EXPORT))
    } else if ["<html", "<!doctype", "<table", "<?xml"].iter().any(|tag| start.starts_with(tag)) {
        Some((["a web page or XML (some shops call such a file .xls)", "网页或 XML（有些平台也叫 .xls）"], SAVE))
    } else if start.starts_with('{') || start.starts_with("[{") {
        Some((["JSON", " JSON"], EXPORT))
    } else {
        None
    }
}
