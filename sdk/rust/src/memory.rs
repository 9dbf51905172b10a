//! The memory of a component: small blocks from free lists by size, everything else from the system.
//!
//! A call lifts and lowers many short texts, and the allocator of the C library takes several hundred
//! instructions for each. Here a block is a step along a list. Blocks of one size are never joined to
//! serve another, which is fine for instances that live for a call or a configuration.
//!
//! Switch it off with `default-features = false` to bring another global allocator.

#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr::null_mut;

/// Every block is aligned to this, and sizes up to `FINE_MAX` are multiples of it.
const GRAIN: usize = 16;
/// Up to this size there is a list for every multiple of the grain.
const FINE_MAX: usize = 512;
/// Up to this size there is a list for every power of two; greater blocks come from the system.
const SIZE_MAX: usize = 8 * 1024;
/// How much is taken from the system at once.
const CHUNK: usize = 16 * 1024;

const FINE: usize = FINE_MAX / GRAIN;
const COARSE: usize = (SIZE_MAX / FINE_MAX).trailing_zeros() as usize;

#[cfg(all(target_arch = "wasm32", feature = "allocator"))]
#[global_allocator]
static MEMORY: Memory = Memory::new();

/// An allocator for a single thread.
struct Memory(UnsafeCell<State>);

struct State {
    free: [*mut Block; FINE + COARSE],
    next: *mut u8,
    left: usize,
}

/// A free block, which holds the address of the next.
struct Block {
    next: *mut Block,
}

// SAFETY: a component has one thread only: the target has none to offer.
#[cfg(target_arch = "wasm32")]
unsafe impl Sync for Memory {}

impl Memory {
    const fn new() -> Self {
        Self(UnsafeCell::new(State { free: [null_mut(); FINE + COARSE], next: null_mut(), left: 0 }))
    }
}

/// The list that serves a layout and the size of its blocks; `None` if the system serves it.
const fn class(layout: Layout) -> Option<(usize, usize)> {
    let size = layout.size();
    if layout.align() > GRAIN || size > SIZE_MAX || size == 0 {
        None
    } else if size <= FINE_MAX {
        let list = (size - 1) / GRAIN;
        Some((list, (list + 1) * GRAIN))
    } else {
        let block = size.next_power_of_two();
        Some((FINE + (block / FINE_MAX).trailing_zeros() as usize - 1, block))
    }
}

impl State {
    /// Cuts a new block from the current chunk, or from a new one.
    #[cold]
    fn cut(&mut self, size: usize) -> *mut u8 {
        if self.left < size {
            // SAFETY: the layout has a size that is not zero, and an alignment that is a power of two.
            let chunk = unsafe { System.alloc(Layout::from_size_align_unchecked(CHUNK, GRAIN)) };
            if chunk.is_null() {
                return chunk;
            }
            (self.next, self.left) = (chunk, CHUNK);
        }
        let block = self.next;
        // SAFETY: at least `size` bytes of the chunk are left.
        self.next = unsafe { block.add(size) };
        self.left -= size;
        block
    }
}

// SAFETY: a block is handed out once until it is given back: it leaves its list, or the rest of its
// chunk, when it is handed out. Its size is at least that of the layout, its address a multiple of
// the grain. Layouts that no list serves go to the system both ways, as the class depends on the
// layout alone.
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some((list, size)) = class(layout) else {
            // SAFETY: passed on as it is.
            return unsafe { System.alloc(layout) };
        };
        // SAFETY: one thread, and no other reference to the state is alive.
        let state = unsafe { &mut *self.0.get() };
        let block = state.free[list];
        if block.is_null() {
            return state.cut(size);
        }
        // SAFETY: blocks in a list are free and hold the address of the next.
        state.free[list] = unsafe { (*block).next };
        block.cast()
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let Some((list, _)) = class(layout) else {
            // SAFETY: passed on as it is; it came from there.
            return unsafe { System.dealloc(pointer, layout) };
        };
        // SAFETY: one thread, and no other reference to the state is alive.
        let state = unsafe { &mut *self.0.get() };
        let block = pointer.cast::<Block>();
        // SAFETY: the block is at least a grain long, aligned to it, and nobody else's any more.
        unsafe { block.write(Block { next: state.free[list] }) };
        state.free[list] = block;
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller gives a size that is a valid layout with this alignment.
        let wanted = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        match (class(layout), class(wanted)) {
            (Some(before), Some(after)) if before == after => pointer,
            // SAFETY: passed on as it is; it came from there and goes there.
            (None, None) => unsafe { System.realloc(pointer, layout, new_size) },
            _ => {
                // SAFETY: both blocks hold as many bytes as are copied, and are different ones.
                unsafe {
                    let moved = self.alloc(wanted);
                    if !moved.is_null() {
                        moved.copy_from_nonoverlapping(pointer, layout.size().min(new_size));
                        self.dealloc(pointer, layout);
                    }
                    moved
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
