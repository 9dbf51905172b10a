//! Lines, however the body is cut.

use crate::lines::{Line, Splitter};

fn split(pieces: &[&[u8]], line_bytes_max: usize) -> Vec<(u64, Option<String>)> {
    let mut splitter = Splitter::new(line_bytes_max);
    let mut lines = Vec::new();
    for piece in pieces {
        splitter.push(piece, &mut lines);
    }
    splitter.finish(&mut lines);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    lines.into_iter().map(|Line { number, bytes }| (number, bytes.map(text))).collect()
}

#[test]
fn every_cut_gives_the_same_lines() {
    let body: &[u8] = b"one\r\n\n  \nfour\nfive is too long\r\nsixsix\r\nend";
    let whole = split(&[body], 6);
    let expected = [(1, Some("one")), (4, Some("four")), (5, None), (6, Some("sixsix")), (7, Some("end"))];
    assert_eq!(whole, expected.map(|(number, text)| (number, text.map(str::to_owned))));
    for first in 0..body.len() {
        for second in first..body.len() {
            assert_eq!(split(&[&body[..first], &body[first..second], &body[second..]], 6), whole);
        }
    }
}

#[test]
fn an_empty_body_has_no_lines() {
    assert!(split(&[], 6).is_empty());
    assert!(split(&[b"\n\n"], 6).is_empty());
}
