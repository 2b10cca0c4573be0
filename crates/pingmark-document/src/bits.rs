//! Sixty-four bytes of a text at once, a bit each: what would be a branch for every byte is
//! arithmetic with all of them. Where words end, nobody can foresee.

/// Bytes that are looked at together.
pub const TOGETHER: usize = 64;

/// The bytes of a text from `start` on; zeros where it ends before.
pub fn together(text: &[u8], start: usize) -> [u8; TOGETHER] {
    let rest = &text[start.min(text.len())..];
    rest.first_chunk().copied().unwrap_or_else(|| {
        let mut filled = [0; TOGETHER];
        filled[..rest.len()].copy_from_slice(rest);
        filled
    })
}

/// Which of them are of a kind: the first one by the lowest bit.
#[inline(always)]
pub fn which(bytes: &[u8; TOGETHER], is: impl Fn(u8) -> bool) -> u64 {
    let mut are = [0; TOGETHER];
    are.iter_mut().zip(bytes).for_each(|(is_one, byte)| *is_one = u8::from(is(*byte)));
    let (eights, _) = are.as_chunks();
    eights.iter().enumerate().fold(0, |which, (number, eight)| {
        // Eight bytes of 0 or 1 become the eight highest bits.
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        which | bits << (8 * number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_has_its_bit() {
        for len in 0..140 {
            let text: Vec<u8> = (0..len).map(|at| if at * at % 7 < 3 { b'a' } else { b'.' }).collect();
            let bytes = together(&text, 0);
            for at in 0..TOGETHER {
                let is = text.get(at).is_some_and(|byte| *byte == b'a');
                assert_eq!(which(&bytes, |byte| byte == b'a') >> at & 1 == 1, is, "{at} of {len}");
            }
        }
        assert_eq!(which(&together(b"abc", 1), |byte| byte != 0), 0b11);
        assert_eq!(together(b"", 7), [0; TOGETHER]);
    }
}
