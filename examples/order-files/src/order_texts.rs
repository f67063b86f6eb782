//! The ids of all orders, each once, in a temporary file.

use std::cell::RefCell;
use std::rc::Rc;
use std::vec::IntoIter;

use repurchase::measure::{Note, ids_alike};

use crate::error::Error;
use crate::ids::{Ids, Text};
use crate::scratch::{Block, Scratch, damaged};
use crate::stored;

/// Ids of batches of orders that have none in common.
pub(crate) struct OrderTexts {
    scratch: Scratch,
    blocks: Vec<Block>,
}

impl OrderTexts {
    pub(crate) fn new() -> Result<Self, Error> {
        Ok(Self { scratch: Scratch::new()?, blocks: Vec::new() })
    }

    /// Appends the ids of a batch.
    pub(crate) fn add(&mut self, ids: &Ids) -> Result<(), Error> {
        let mut bytes = Vec::new();
        for text in ids.texts() {
            stored::put(&mut bytes, text.bytes(), u8::to_le_bytes);
        }
        self.blocks.push(self.scratch.append(&bytes)?);
        Ok(())
    }

    /// The library's note on ids that are written in several ways.
    pub(crate) fn alike(self) -> Result<Option<Note>, Error> {
        let (blocks, file) = (Rc::new(self.blocks), Rc::new(RefCell::new((self.scratch, None))));
        let note = ids_alike(Texts { blocks, file: Rc::clone(&file), next: 0, read: Vec::new().into_iter() });
        let fault = file.borrow_mut().1.take();
        fault.map_or(Ok(note), Err)
    }
}

/// Reads the ids back, batch by batch; a fault ends it.
#[derive(Clone)]
struct Texts {
    blocks: Rc<Vec<Block>>,
    file: Rc<RefCell<(Scratch, Option<Error>)>>,
    next: usize,
    read: IntoIter<Text<Box<[u8]>>>,
}

impl Texts {
    fn of(&self, block: Block) -> Result<Vec<Text<Box<[u8]>>>, Error> {
        let (mut bytes, mut texts) = (Vec::new(), Vec::new());
        self.file.borrow_mut().0.read(block, &mut bytes)?;
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            texts.push(Text::of(&stored::take(&mut rest, u8::from_le_bytes).ok_or_else(damaged)?));
        }
        Ok(texts)
    }
}

impl Iterator for Texts {
    type Item = Text<Box<[u8]>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(text) = self.read.next() {
                return Some(text);
            }
            let block = *self.blocks.get(self.next)?;
            self.next += 1;
            match self.of(block) {
                Ok(texts) => self.read = texts.into_iter(),
                Err(error) => {
                    self.next = self.blocks.len();
                    self.file.borrow_mut().1 = Some(error);
                }
            }
        }
    }
}
