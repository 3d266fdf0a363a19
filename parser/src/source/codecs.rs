//! Text codecs by their Python names.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, Encoding};

use super::aliases::ALIASES;
use super::charmaps::{CHARMAPS, UNDEFINED};
use super::utf7;

/// Codecs of Python from bytes to bytes or from text to text.
const NOT_TEXT: &[&str] = &[
    "base64_codec",
    "bz2_codec",
    "hex_codec",
    "quopri_codec",
    "rot_13",
    "uu_codec",
    "zlib_codec",
];

/// Codecs of several bytes a character, with the decoder that serves them.
const MULTIBYTE: &[(&str, &Encoding)] = &[
    ("big5", encoding_rs::BIG5),
    ("big5hkscs", encoding_rs::BIG5),
    ("cp932", encoding_rs::SHIFT_JIS),
    ("cp949", encoding_rs::EUC_KR),
    ("cp950", encoding_rs::BIG5),
    ("euc_jp", encoding_rs::EUC_JP),
    ("euc_kr", encoding_rs::EUC_KR),
    ("gb18030", encoding_rs::GB18030),
    ("gb2312", encoding_rs::GBK),
    ("gbk", encoding_rs::GBK),
    ("iso2022_jp", encoding_rs::ISO_2022_JP),
    ("shift_jis", encoding_rs::SHIFT_JIS),
];

/// `bytes` as the codec `name` decodes them.
///
/// # Errors
///
/// The words of CPython's exception: an unknown or unsuitable codec, or bytes that it does not decode.
pub(super) fn decode<'s>(name: &str, bytes: &'s [u8]) -> Result<Cow<'s, str>, String> {
    let normal = normalize(name);
    let codec = find(&normal);
    if NOT_TEXT.contains(&&*codec) {
        return Err(format!(
            "'{}' is not a text encoding; use codecs.decode() to handle arbitrary codecs",
            name.to_ascii_lowercase()
        ));
    }
    if let Ok(index) = CHARMAPS.binary_search_by(|(known, _)| (*known).cmp(&*codec)) {
        return charmap(&CHARMAPS[index].1, bytes).map(Cow::Owned);
    }
    if let Some((codec, encoding)) = MULTIBYTE.iter().find(|(known, _)| *known == &*codec) {
        return multibyte(codec, encoding, bytes).map(Cow::Owned);
    }
    match &*codec {
        "utf_8" | "utf_8_sig" => {
            let bytes = if codec == "utf_8_sig" {
                bytes.strip_prefix(super::BOM).unwrap_or(bytes)
            } else {
                bytes
            };
            std::str::from_utf8(bytes)
                .map(Cow::Borrowed)
                .map_err(|error| not_utf8(bytes, error))
        }
        "ascii" => ascii(bytes).map(Cow::Borrowed),
        "latin_1" | "iso8859_1" => Ok(encoding_rs::mem::decode_latin1(bytes)),
        // Of a source, which is text without host names, this codec changes nothing that is ASCII.
        "idna" => ascii(bytes).map(Cow::Borrowed),
        "utf_7" => utf7::decode(bytes).map(Cow::Owned),
        _ => Err(format!("unknown encoding: {name}")),
    }
}

/// `encodings.normalize_encoding` and the lower case of `codecs.lookup`.
fn normalize(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    let mut gap = false;
    for char in name.chars() {
        if char.is_ascii_alphanumeric() || char == '.' {
            if gap && !normal.is_empty() {
                normal.push('_');
            }
            gap = false;
            normal.push(char.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    normal
}

fn find(normal: &str) -> Cow<'_, str> {
    let alias = |name: &str| {
        ALIASES
            .binary_search_by(|(alias, _)| (*alias).cmp(name))
            .ok()
            .map(|index| Cow::Borrowed(ALIASES[index].1))
    };
    alias(normal)
        .or_else(|| alias(&normal.replace('.', "_")))
        .unwrap_or(Cow::Borrowed(normal))
}

fn ascii(bytes: &[u8]) -> Result<&str, String> {
    match bytes.iter().position(|byte| !byte.is_ascii()) {
        None => std::str::from_utf8(bytes).map_err(|error| error.to_string()),
        Some(at) => Err(format!(
            "'ascii' codec can't decode byte 0x{:02x} in position {at}: ordinal not in range(128)",
            bytes[at]
        )),
    }
}

fn not_utf8(bytes: &[u8], error: std::str::Utf8Error) -> String {
    let at = error.valid_up_to();
    let byte = bytes[at];
    let reason = match error.error_len() {
        None => "unexpected end of data",
        Some(1) if !matches!(byte, 0xC2..=0xF4) => "invalid start byte",
        Some(_) => "invalid continuation byte",
    };
    let length = error.error_len().unwrap_or(bytes.len() - at);
    if length == 1 {
        format!("'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: {reason}")
    } else {
        format!(
            "'utf-8' codec can't decode bytes in position {at}-{}: {reason}",
            at + length - 1
        )
    }
}

fn charmap(upper: &[u16; 128], bytes: &[u8]) -> Result<String, String> {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for (at, &byte) in bytes.iter().enumerate() {
        let code = if byte < 0x80 {
            u16::from(byte)
        } else {
            upper[usize::from(byte) - 0x80]
        };
        match char::from_u32(code.into()) {
            Some(char) if code != UNDEFINED => text.push(char),
            _ => {
                return Err(format!(
                    "'charmap' codec can't decode byte 0x{byte:02x} in position {at}: character maps to <undefined>"
                ));
            }
        }
    }
    Ok(text)
}

fn multibyte(name: &str, encoding: &'static Encoding, bytes: &[u8]) -> Result<String, String> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder
        .max_utf8_buffer_length_without_replacement(bytes.len())
        .unwrap_or(bytes.len() * 4 + 16);
    let mut text = String::with_capacity(room);
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    if let DecoderResult::Malformed(length, after) = result {
        let at = read
            .saturating_sub(usize::from(length) + usize::from(after))
            .min(bytes.len() - 1);
        return Err(if length < 2 {
            let byte = bytes[at];
            format!(
                "'{name}' codec can't decode byte 0x{byte:02x} in position {at}: illegal multibyte sequence"
            )
        } else {
            let end = at + usize::from(length) - 1;
            format!(
                "'{name}' codec can't decode bytes in position {at}-{end}: illegal multibyte sequence"
            )
        });
    }
    let differences = match name {
        "shift_jis" | "euc_jp" | "iso2022_jp" => JIS,
        "big5" | "big5hkscs" => BIG5,
        "gb2312" => GB2312,
        _ => return Ok(text),
    };
    if text.is_ascii() {
        return Ok(text);
    }
    let pythons = |char| {
        differences
            .iter()
            .find(|(other, _)| *other == char)
            .map_or(char, |(_, own)| *own)
    };
    Ok(text.chars().map(pythons).collect())
}

/// Symbols where the decoders of the web, which follow Microsoft, differ from Python's: theirs, Python's.
const JIS: &[(char, char)] = &[
    ('\u{FF5E}', '\u{301C}'),
    ('\u{2225}', '\u{2016}'),
    ('\u{FF0D}', '\u{2212}'),
    ('\u{FFE0}', '\u{A2}'),
    ('\u{FFE1}', '\u{A3}'),
    ('\u{FFE2}', '\u{AC}'),
];
const BIG5: &[(char, char)] = &[
    ('\u{2027}', '\u{2022}'),
    ('\u{FE51}', '\u{FF64}'),
    ('\u{AF}', '\u{203E}'),
    ('\u{FF5E}', '\u{223C}'),
    ('\u{2295}', '\u{2641}'),
    ('\u{2299}', '\u{2609}'),
    ('\u{2215}', '\u{FF0F}'),
    ('\u{FE68}', '\u{FF3C}'),
    ('\u{FFE5}', '\u{A5}'),
    ('\u{FFE0}', '\u{A2}'),
    ('\u{FFE1}', '\u{A3}'),
];
const GB2312: &[(char, char)] = &[('\u{B7}', '\u{30FB}'), ('\u{2014}', '\u{2015}')];
