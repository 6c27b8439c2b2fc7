//! A vector that is copied by its pages: a copy for readers costs a pointer for each chunk of pages,
//! and a change after that copies one chunk of pointers and one page.

use std::sync::Arc;

/// Pages of a chunk: what a copy saves, and what the first change after it costs.
const CHUNK: usize = 16;

/// A vector whose copies share the pages that neither has changed since.
#[derive(Debug, Clone)]
pub(super) struct Pages<T, const PAGE: usize> {
    chunks: Vec<Arc<Chunk<T, PAGE>>>,
    len: usize,
}

type Chunk<T, const PAGE: usize> = [Option<Arc<[T; PAGE]>>; CHUNK];

impl<T, const PAGE: usize> Default for Pages<T, PAGE> {
    fn default() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }
}

impl<T, const PAGE: usize> Pages<T, PAGE> {
    #[inline]
    pub(super) fn get(&self, at: u32) -> Option<&T> {
        let at = at as usize;
        self.chunks.get(at / (PAGE * CHUNK))?.get(at / PAGE % CHUNK)?.as_ref()?.get(at % PAGE)
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        let pages = self.chunks.iter().flat_map(|chunk| chunk.iter().flatten());
        pages.flat_map(|page| page.iter()).take(self.len)
    }

    /// Bytes of all pages, for whoever wants to know what the memory is spent on.
    pub(super) const fn bytes(&self) -> usize {
        self.len.div_ceil(PAGE) * (PAGE * size_of::<T>() + 3 * size_of::<usize>())
    }
}

impl<T: Clone, const PAGE: usize> Pages<T, PAGE> {
    pub(super) fn get_mut(&mut self, at: u32) -> Option<&mut T> {
        let at = at as usize;
        let chunk = Arc::make_mut(self.chunks.get_mut(at / (PAGE * CHUNK))?);
        Arc::make_mut(chunk.get_mut(at / PAGE % CHUNK)?.as_mut()?).get_mut(at % PAGE)
    }

    /// Puts an item behind the last.
    pub(super) fn push(&mut self, item: T) {
        if self.len.is_multiple_of(PAGE * CHUNK) {
            self.chunks.push(Arc::new([const { None }; CHUNK]));
        }
        let chunk = self.chunks.last_mut().map(Arc::make_mut);
        let Some(page) = chunk.and_then(|chunk| chunk.get_mut(self.len / PAGE % CHUNK)) else { return };
        match page {
            None => *page = Some(Arc::new(std::array::from_fn(|_| item.clone()))),
            Some(page) => {
                if let Some(place) = Arc::make_mut(page).get_mut(self.len % PAGE) {
                    *place = item;
                }
            }
        }
        self.len += 1;
    }
}

impl<T: Clone, const PAGE: usize> FromIterator<T> for Pages<T, PAGE> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut pages = Self::default();
        for item in items {
            pages.push(item);
        }
        pages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_keeps_what_it_was() {
        let mut pages: Pages<u32, 8> = (0..200).collect();
        let before = pages.clone();
        *pages.get_mut(70).expect("the seventieth") = 7;
        pages.push(200);
        assert_eq!((before.get(70), before.len()), (Some(&70), 200));
        assert!(before.iter().copied().eq(0..200));
        assert_eq!((pages.get(70), pages.len(), pages.get(200)), (Some(&7), 201, Some(&200)));
        assert!(pages.iter().copied().eq((0..=200).map(|n| if n == 70 { 7 } else { n })));
        let first = |pages: &Pages<u32, 8>| pages.chunks[0][0].clone().expect("the first page");
        assert!(Arc::ptr_eq(&first(&before), &first(&pages)), "an unchanged page is shared");
    }

    #[test]
    fn what_is_pushed_is_there_in_its_order() {
        let pages: Pages<usize, 4> = (0..1_000).collect();
        assert!(pages.iter().copied().eq(0..1_000));
        assert!((0..1_000_u32).all(|n| pages.get(n) == Some(&(n as usize))));
    }
}
