//! From ids to small numbers or the like, in shards: a copy for readers costs a pointer for each
//! shard, and a change after that copies one shard.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::Arc;

/// Shards at most; few enough that a copy is cheap, many enough that a shard is.
const MOST_SHARDS: usize = 4_096;
/// Ids of a shard beyond which there should be more shards.
const FULL: usize = 256;

/// A map whose copies share the shards that neither has changed since.
#[derive(Debug, Clone)]
pub(super) struct Register<K, V = u32> {
    shards: Vec<Arc<Shard<K, V>>>,
    len: usize,
}

type Shard<K, V> = HashMap<K, V, BuildHasherDefault<Mixer>>;

/// Folds an id by multiplication. The service makes the ids itself, so nobody can choose them to collide.
#[derive(Debug, Clone, Default)]
pub(super) struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(chunk) {
                *to = *from;
            }
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        // 2^64 divided by the golden ratio (Knuth, The Art of Computer Programming 3, section 6.4). Both
        // halves of the product are kept: the upper bits of an id must reach the lower bits of its hash.
        let product = u128::from(self.0.rotate_left(23) ^ word) * 0x9E37_79B9_7F4A_7C15;
        let [low, high] = [product, product >> 64].map(|half| (half & u128::from(u64::MAX)) as u64);
        self.0 = low ^ high;
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }
}

impl<K, V> Default for Register<K, V> {
    fn default() -> Self {
        Self { shards: vec![Arc::default()], len: 0 }
    }
}

impl<K: Hash + Eq + Copy, V: Clone> Register<K, V> {
    pub(super) fn get(&self, id: K) -> Option<&V> {
        self.shards.get(self.shard_of(id))?.get(&id)
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) fn insert(&mut self, id: K, value: V) {
        if self.len >= FULL * self.shards.len() && self.shards.len() < MOST_SHARDS {
            self.spread();
        }
        let shard = self.shard_of(id);
        if let Some(shard) = self.shards.get_mut(shard)
            && Arc::make_mut(shard).insert(id, value).is_none()
        {
            self.len += 1;
        }
    }

    pub(super) fn get_mut(&mut self, id: K) -> Option<&mut V> {
        let shard = self.shard_of(id);
        let shard = self.shards.get_mut(shard).filter(|shard| shard.contains_key(&id))?;
        Arc::make_mut(shard).get_mut(&id)
    }

    pub(super) fn remove(&mut self, id: K) -> Option<V> {
        let shard = self.shard_of(id);
        let shard = self.shards.get_mut(shard)?;
        if !shard.contains_key(&id) {
            return None;
        }
        self.len = self.len.saturating_sub(1);
        Arc::make_mut(shard).remove(&id)
    }

    /// Four times the shards. Happens with the logarithm of the number of ids.
    fn spread(&mut self) {
        let shards = (self.shards.len() * 4).min(MOST_SHARDS);
        let old = std::mem::replace(&mut self.shards, (0..shards).map(|_| Arc::default()).collect());
        self.len = 0;
        for (id, value) in old.iter().flat_map(|shard| shard.iter()) {
            self.insert(*id, value.clone());
        }
    }

    fn shard_of(&self, id: K) -> usize {
        let mut mixer = Mixer::default();
        id.hash(&mut mixer);
        // The lower bits choose the place within a shard.
        (mixer.finish() >> 40) as usize % self.shards.len().max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_register_remembers_and_forgets_and_its_copy_does_not_notice() {
        let mut register = Register::default();
        for n in 0..5_000_u32 {
            register.insert(Uuid::from_u128(u128::from(n)), n);
        }
        let before = register.clone();
        for n in (0..5_000_u32).step_by(3) {
            assert_eq!(register.remove(Uuid::from_u128(u128::from(n))), Some(n));
            assert_eq!(register.remove(Uuid::from_u128(u128::from(n))), None);
        }
        for n in 0..5_000_u32 {
            let id = Uuid::from_u128(u128::from(n));
            assert_eq!(before.get(id), Some(&n));
            assert_eq!(register.get(id), (n % 3 != 0).then_some(&n));
        }
        assert_eq!((before.len(), register.len()), (5_000, 3_333));
    }
}
