//! UTF-7 (RFC 2152; `PyUnicode_DecodeUTF7Stateful`).

fn sextet(byte: u8) -> Option<u32> {
    Some(
        match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        }
        .into(),
    )
}

/// # Errors
///
/// The words of CPython's exception, the position that of the shift character. Lone surrogates, which CPython
/// lets through here and rejects as source, are errors too.
pub(super) fn decode(bytes: &[u8]) -> Result<String, String> {
    let mut text = String::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let error = |reason: &str| {
            Err(format!(
                "'utf7' codec can't decode byte 0x{byte:02x} in position {at}: {reason}"
            ))
        };
        if !byte.is_ascii() {
            return error("unexpected special character");
        }
        if byte != b'+' {
            text.push(byte.into());
            at += 1;
            continue;
        }
        let mut end = at + 1;
        if bytes.get(end) == Some(&b'-') {
            text.push('+');
            at = end + 1;
            continue;
        }
        let mut units = Vec::new();
        let (mut buffer, mut bits) = (0_u32, 0);
        while let Some(value) = bytes.get(end).and_then(|&byte| sextet(byte)) {
            buffer = (buffer << 6 | value) & 0x3F_FFFF;
            bits += 6;
            if bits >= 16 {
                bits -= 16;
                units.push((buffer >> bits) as u16);
                buffer &= (1 << bits) - 1;
            }
            end += 1;
        }
        if end == at + 1 {
            return error("ill-formed sequence");
        }
        if bits >= 6 {
            return error("partial character in base64 sequence");
        }
        if buffer != 0 {
            return error("non-zero padding bits in base64 sequence");
        }
        for char in char::decode_utf16(units) {
            match char {
                Ok(char) => text.push(char),
                Err(_) => return error("surrogates not allowed"),
            }
        }
        if bytes.get(end) == Some(&b'-') {
            end += 1;
        }
        at = end;
    }
    Ok(text)
}
