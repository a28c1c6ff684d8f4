//! Which slot a key falls into (<https://valkey.io/topics/cluster-spec/#key-distribution-model>). Pure.

use crate::servers::cluster::SLOTS;

/// The slot of a key: CRC16 of its hash tag, or of all of it where it has none, modulo 16,384.
pub fn slot_of(key: &str) -> u16 {
    crc16(tag(key).as_bytes()) % SLOTS
}

/// What stands between the first `{` and the next `}`, unless it is empty.
fn tag(key: &str) -> &str {
    let inner = key.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map(|(tag, _)| tag);
    inner.filter(|tag| !tag.is_empty()).unwrap_or(key)
}

/// CRC-16/XMODEM: polynomial 0x1021, start 0, nothing reflected.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, &byte| {
        (0..8).fold(
            crc ^ u16::from(byte) << 8,
            |crc: u16, _| {
                if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 }
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_those_of_the_specification() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        for (key, slot) in [("foo", 12_182), ("bar", 5_061), ("hello", 866), ("", 0)] {
            assert_eq!(slot_of(key), slot, "{key}");
        }
    }

    #[test]
    fn keys_with_one_tag_share_a_slot() {
        assert_eq!(slot_of("goods:{3}"), slot_of("3"));
        assert_eq!(slot_of("{user1000}.following"), slot_of("{user1000}.followers"));
        for (key, tagged) in [("foo{}{bar}", "foo{}{bar}"), ("foo{{bar}}zap", "{bar"), ("a{b", "a{b")] {
            assert_eq!(tag(key), tagged);
        }
    }
}
