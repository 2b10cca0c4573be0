//! The memory that decoding a JPEG takes besides its pixels, from the frame header.

use img_parts::jpeg::markers;

/// Memory for the DCT coefficients in bytes. A decoder keeps them all where a block is stored in
/// several scans: in progressive files, and in sequential ones that store channel by channel.
pub(super) fn coefficient_memory(jpeg: &[u8]) -> u64 {
    memory(jpeg).unwrap_or(0)
}

fn memory(jpeg: &[u8]) -> Option<u64> {
    let mut at = 2;
    let mut frame = None;
    loop {
        at += jpeg.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        let marker = *jpeg.get(at + 1)?;
        if matches!(marker, 0xff | 0x00 | 0x01 | 0xd0..=0xd9) {
            at += if marker == 0xff { 1 } else { 2 };
            continue;
        }
        let length = usize::from(u16::from_be_bytes([*jpeg.get(at + 2)?, *jpeg.get(at + 3)?]));
        let segment = jpeg.get(at + 4..at + 2 + length)?;
        match marker {
            0xc0..=0xcf if !matches!(marker, markers::DHT | 0xc8 | 0xcc) => {
                frame = Some((marker, segment));
            }
            markers::SOS => {
                let (marker, frame) = frame?;
                let in_one_scan = segment.first() == frame.get(5) && matches!(marker, 0xc0 | 0xc1);
                return (!in_one_scan).then(|| of_frame(frame)).flatten();
            }
            _ => {}
        }
        at += 2 + length;
    }
}

/// Two bytes for each coefficient of a frame header: precision, height, width, number of
/// components, and of each its number, its sampling factors and its table (ITU T.81, B.2.2).
fn of_frame(frame: &[u8]) -> Option<u64> {
    let side = |at: usize| Some(u64::from(u16::from_be_bytes([*frame.get(at)?, *frame.get(at + 1)?])));
    let (height, width) = (side(1)?, side(3)?);
    let sampling: Vec<(u64, u64)> = frame
        .get(6..)?
        .chunks_exact(3)
        .map(|component| (u64::from(component[1] >> 4), u64::from(component[1] & 15)))
        .collect();
    let (horizontal, vertical) =
        (sampling.iter().map(|(h, _)| *h).max()?.max(1), sampling.iter().map(|(_, v)| *v).max()?.max(1));
    // The image is padded to whole units of eight pixels times the largest factor.
    let units = width.div_ceil(8 * horizontal) * height.div_ceil(8 * vertical);
    Some(sampling.iter().map(|(h, v)| units * h * v * 64 * 2).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(marker: u8, components: &[u8], in_first_scan: u8) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8, 0xff, marker, 0, 8 + 3 * components.len() as u8];
        bytes.extend([8, 0, 100, 0, 200, components.len() as u8]);
        bytes.extend(components.iter().flat_map(|sampling| [1, *sampling, 0]));
        bytes.extend([0xff, 0xda, 0, 3, in_first_scan]);
        bytes
    }

    #[test]
    fn coefficients_are_kept_where_there_are_several_scans() {
        let all = 13 * 25 * 3 * 128;
        assert_eq!(coefficient_memory(&jpeg(0xc0, &[0x11; 3], 3)), 0);
        assert_eq!(coefficient_memory(&jpeg(0xc0, &[0x11; 3], 1)), all);
        assert_eq!(coefficient_memory(&jpeg(0xc2, &[0x11; 3], 3)), all);
        assert_eq!(coefficient_memory(&jpeg(0xc2, &[0x22, 0x11, 0x11], 3)), 7 * 13 * 6 * 128);
        assert_eq!(coefficient_memory(&[0xff, 0xd8, 0xff, 0xc2, 0, 4]), 0);
    }
}
