//! A vector that is copied by its pages: a copy for readers costs a pointer for each page, and a
//! change after that copies one page.

use std::sync::Arc;

/// Items of a page.
const PAGE: usize = 64;

/// A vector whose copies share the pages that neither has changed since.
#[derive(Debug, Clone)]
pub(super) struct Pages<T> {
    pages: Vec<Arc<[T; PAGE]>>,
    len: usize,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { pages: Vec::new(), len: 0 }
    }
}

impl<T> Pages<T> {
    #[inline]
    pub(super) fn get(&self, at: u32) -> Option<&T> {
        let at = at as usize;
        self.pages.get(at / PAGE)?.get(at % PAGE)
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flat_map(|page| page.iter()).take(self.len)
    }

    /// Bytes of all pages, for whoever wants to know what the memory is spent on.
    pub(super) const fn bytes(&self) -> usize {
        self.pages.len() * (PAGE * size_of::<T>() + 3 * size_of::<usize>())
    }
}

impl<T: Clone + Default> Pages<T> {
    pub(super) fn get_mut(&mut self, at: u32) -> Option<&mut T> {
        let at = at as usize;
        Arc::make_mut(self.pages.get_mut(at / PAGE)?).get_mut(at % PAGE)
    }

    /// Puts an item behind the last.
    pub(super) fn push(&mut self, item: T) {
        if self.len == self.pages.len() * PAGE {
            self.pages.push(Arc::new(std::array::from_fn(|_| T::default())));
        }
        let place = self.pages.last_mut().and_then(|page| Arc::make_mut(page).get_mut(self.len % PAGE));
        if let Some(place) = place {
            *place = item;
            self.len += 1;
        }
    }
}

impl<T: Clone + Default> FromIterator<T> for Pages<T> {
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
        let mut pages: Pages<u32> = (0..200).collect();
        let before = pages.clone();
        *pages.get_mut(70).expect("the seventieth") = 7;
        pages.push(200);
        assert_eq!((before.get(70), before.len(), before.get(200)), (Some(&70), 200, Some(&0)));
        assert_eq!((pages.get(70), pages.len(), pages.get(200)), (Some(&7), 201, Some(&200)));
        assert!(pages.iter().copied().eq((0..=200).map(|n| if n == 70 { 7 } else { n })));
        assert!(Arc::ptr_eq(&before.pages[0], &pages.pages[0]), "an unchanged page is shared");
    }
}
