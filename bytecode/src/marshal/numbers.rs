//! Integers, floating-point and complex numbers.

use num_bigint::Sign;

use super::references::{Seen, immortals};
use super::write::{Place, Result, Writer};
use super::{MarshalError, code};
use crate::constant::Constant;

impl Writer<'_> {
    /// An integer, as the constant that it is and by itself.
    pub(super) fn int(&mut self, value: &Constant, number: i64, place: Place) {
        let small_ints = &self.rules.small_ints;
        let seen = match small_ints.contains(&number) {
            true => {
                let index = immortals::INTS + (number - small_ints.start()) as usize;
                self.seen_immortal(index)
            }
            false => self.seen_scalar(value, place),
        };
        if let Seen::New(flag) = seen {
            self.put_int(number, flag);
        }
    }

    fn put_int(&mut self, number: i64, flag: u8) {
        if let Ok(number) = i32::try_from(number) {
            self.out.push(code::INT | flag);
            self.out.extend_from_slice(&number.to_le_bytes());
            return;
        }
        self.out.push(code::LONG | flag);
        let mut rest = number.unsigned_abs();
        let mut digits = [0u16; 5];
        let mut len = 0;
        while rest != 0 {
            digits[len] = (rest & 0x7FFF) as u16;
            rest >>= 15;
            len += 1;
        }
        let size = if number < 0 {
            -(len as i32)
        } else {
            len as i32
        };
        self.out.extend_from_slice(&size.to_le_bytes());
        digits[..len]
            .iter()
            .for_each(|digit| self.out.extend_from_slice(&digit.to_le_bytes()));
    }

    /// `w_PyLong` behind the type code.
    pub(super) fn long(&mut self, number: &num_bigint::BigInt) -> Result {
        let (sign, digits) = number.to_radix_le_15();
        let size = i32::try_from(digits.len()).map_err(|_| MarshalError::TooLarge)?;
        let signed = if sign == Sign::Minus { -size } else { size };
        self.out.extend_from_slice(&signed.to_le_bytes());
        digits
            .iter()
            .for_each(|digit| self.out.extend_from_slice(&digit.to_le_bytes()));
        Ok(())
    }

    /// A floating-point or complex number with its type code.
    pub(super) fn floats(&mut self, value: &Constant, parts: &[f64], type_code: u8, place: Place) {
        if let Seen::New(flag) = self.seen_scalar(value, place) {
            self.out.push(type_code | flag);
            parts
                .iter()
                .for_each(|part| self.out.extend_from_slice(&part.to_le_bytes()));
        }
    }
}

trait Digits {
    /// Sign and digits in base 2¹⁵, least first, without leading zeros.
    fn to_radix_le_15(&self) -> (Sign, Vec<u16>);
}

impl Digits for num_bigint::BigInt {
    fn to_radix_le_15(&self) -> (Sign, Vec<u16>) {
        let (sign, words) = self.to_u32_digits();
        let mut digits = Vec::with_capacity(words.len() * 32 / 15 + 1);
        let mut rest: u64 = 0;
        let mut bits = 0;
        for word in words {
            rest |= u64::from(word) << bits;
            bits += 32;
            while bits >= 15 {
                digits.push((rest & 0x7FFF) as u16);
                rest >>= 15;
                bits -= 15;
            }
        }
        digits.push(rest as u16);
        while digits.last() == Some(&0) {
            digits.pop();
        }
        (sign, digits)
    }
}
