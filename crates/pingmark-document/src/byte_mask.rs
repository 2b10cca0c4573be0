//! Byte masks: tests on 64 bytes of a text at once, with one bit per byte.
//!
//! Word boundaries are unpredictable, so a branch per byte would often be mispredicted. Arithmetic
//! on masks needs no branch.

/// Number of bytes in a block: as many as a mask has bits.
pub const BLOCK: usize = 64;

/// The 64 bytes of a text from `start` on, padded with zeros behind its end.
pub fn block_at(text: &[u8], start: usize) -> [u8; BLOCK] {
    let rest = &text[start.min(text.len())..];
    rest.first_chunk().copied().unwrap_or_else(|| {
        let mut padded = [0; BLOCK];
        padded[..rest.len()].copy_from_slice(rest);
        padded
    })
}

/// Bit mask of the bytes for which `is` holds; bit 0 is the first byte.
#[inline(always)]
pub fn byte_mask(block: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> u64 {
    let mut flags = [0; BLOCK];
    flags.iter_mut().zip(block).for_each(|(flag, byte)| *flag = u8::from(is(*byte)));
    let (eights, _) = flags.as_chunks();
    eights.iter().enumerate().fold(0, |mask, (number, eight)| {
        // The multiplication gathers eight bytes of 0 or 1 in the eight highest bits.
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask | bits << (8 * number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_has_its_bit() {
        for len in 0..140 {
            let text: Vec<u8> = (0..len).map(|at| if at * at % 7 < 3 { b'a' } else { b'.' }).collect();
            let block = block_at(&text, 0);
            for at in 0..BLOCK {
                let is = text.get(at).is_some_and(|byte| *byte == b'a');
                assert_eq!(byte_mask(&block, |byte| byte == b'a') >> at & 1 == 1, is, "{at} of {len}");
            }
        }
        assert_eq!(byte_mask(&block_at(b"abc", 1), |byte| byte != 0), 0b11);
        assert_eq!(block_at(b"", 7), [0; BLOCK]);
    }
}
