//! Frames and the end of a log.

use proptest::prelude::*;

use super::frame::{self, Found, Frame, Kind};
use super::tail::{self, frame_after};

fn sealed(seq: u64, payload: &[u8], group: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    frame::push(&mut bytes, Kind::Commit, seq, |to| to.extend_from_slice(payload));
    frame::seal(&mut bytes, group);
    bytes
}

#[test]
fn a_frame_reads_back_and_any_flipped_bit_is_noticed() {
    let bytes = sealed(7, b"payload", 32);
    let whole = Frame { kind: Kind::Commit, seq: 7, group: 32, payload: b"payload" };
    assert_eq!(frame::read(&bytes), Found::Whole(whole));
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(!matches!(frame::read(&flipped), Found::Whole(_)), "bit {bit}");
    }
}

#[test]
fn a_frame_of_a_later_format_is_told_from_damage() {
    let mut bytes = sealed(7, b"payload", 32);
    bytes[21] = 9;
    frame_crc(&mut bytes);
    assert_eq!(frame::read(&bytes), Found::Unknown(9));
}

#[test]
fn only_the_next_commit_is_taken_for_it() {
    let bytes = sealed(7, b"payload", 32);
    assert!(matches!(frame_after(&bytes, 0, 6), Found::Whole(_)));
    assert_eq!(frame_after(&bytes, 0, 5), Found::Broken);
    assert_eq!(frame_after(&bytes, 0, 7), Found::Broken);
    assert_eq!(frame_after(&bytes, bytes.len(), 7), Found::Blank);
}

#[test]
fn an_empty_folder_is_an_empty_log() {
    let dir = tempfile::tempdir().expect("a folder");
    let tail = tail::find(dir.path()).expect("found");
    assert_eq!((tail.segment, tail.last_seq, tail.torn_bytes), (None, 0, 0));
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: proptest::test_runner::RngSeed::Fixed(5),
        failure_persistence: None,
        ..ProptestConfig::with_cases(256)
    })]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = frame::read(&bytes);
        let _ = frame::payloads(&bytes).count();
    }
}

/// Puts the right checksum into a frame that was changed on purpose.
fn frame_crc(bytes: &mut [u8]) {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&bytes[..4]);
    hasher.update(&bytes[8..]);
    bytes[4..8].copy_from_slice(&hasher.finalize().to_le_bytes());
}
