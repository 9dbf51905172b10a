use proptest::prelude::*;

use super::*;

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size, 8).unwrap()
}

#[test]
fn classes_are_dense_and_big_enough() {
    let mut seen = vec![false; FINE + COARSE];
    for size in 1..=SIZE_MAX {
        let (list, block) = class(layout(size)).unwrap();
        assert!(block >= size && block.is_multiple_of(GRAIN));
        seen[list] = true;
    }
    assert!(seen.into_iter().all(|list| list));
    assert_eq!(class(layout(SIZE_MAX + 1)), None);
    assert_eq!(class(Layout::from_size_align(8, 64).unwrap()), None);
}

/// Gives everything back at the end, so that a test leaks chunks only.
struct Held<'a>(&'a Memory, Vec<(*mut u8, Layout, u8)>);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        for (pointer, layout, _) in self.1.drain(..) {
            // SAFETY: it came from there with this layout.
            unsafe { self.0.dealloc(pointer, layout) };
        }
    }
}

proptest! {
    /// No two blocks overlap, and what is written stays, whatever is taken, resized and given back.
    #[test]
    fn blocks_keep_what_is_written(
        steps in prop::collection::vec((0..4_u8, 1..20_000_usize, any::<usize>()), 1..200),
    ) {
        let memory = Memory::new();
        let mut held = Held(&memory, Vec::new());
        for (number, (step, size, pick)) in steps.into_iter().enumerate() {
            let mark = number as u8;
            let count = held.1.len();
            match step {
                0 if count > 0 => {
                    let (pointer, layout, _) = held.1.swap_remove(pick % count);
                    // SAFETY: it came from there with this layout.
                    unsafe { memory.dealloc(pointer, layout) };
                }
                1 if count > 0 => {
                    let (pointer, old, mark) = &mut held.1[pick % count];
                    // SAFETY: it came from there with this layout; the new part is written below.
                    unsafe {
                        *pointer = memory.realloc(*pointer, *old, size);
                        let kept = std::slice::from_raw_parts(*pointer, size.min(old.size()));
                        prop_assert!(kept.iter().all(|byte| byte == mark));
                        pointer.write_bytes(*mark, size);
                    }
                    *old = layout(size);
                }
                _ => {
                    // SAFETY: the size is not zero, and as much is written as was asked for.
                    let pointer = unsafe { memory.alloc(layout(size)) };
                    prop_assert!(!pointer.is_null() && (pointer as usize).is_multiple_of(8));
                    unsafe { pointer.write_bytes(mark, size) };
                    held.1.push((pointer, layout(size), mark));
                }
            }
        }
        for (pointer, layout, mark) in &held.1 {
            // SAFETY: it was written in full.
            let bytes = unsafe { std::slice::from_raw_parts(*pointer, layout.size()) };
            prop_assert!(bytes.iter().all(|byte| byte == mark));
        }
    }
}
