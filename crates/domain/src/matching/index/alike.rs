//! What many volunteers have alike (organisation, campaigns, area, hours, languages), kept once
//! under a small number, so that a row can be asked about it without looking up whose row it is.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::pages::Pages;
use super::question::Verdict;
use super::register::Register;
use crate::id::{AreaId, CampaignId, OrganisationId};
use crate::matching::{At, Availability, Candidate, Language, OpenRequest};

/// The number of whoever is like nobody else: the table is full.
const UNLIKE: u16 = u16::MAX;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Alike {
    pub(super) availability: Availability,
    organisation: OrganisationId,
    campaigns: Arc<BTreeSet<CampaignId>>,
    area: AreaId,
    languages: BTreeSet<Language>,
}

/// All that is alike, by number. Never forgets: its size is bounded by its numbers.
#[derive(Debug, Clone, Default)]
pub(in crate::matching) struct AlikeTable {
    known: Pages<Option<Arc<Alike>>, 64>,
    /// Numbers by hash; who has the hash of somebody else has no number.
    numbers: Register<u64>,
}

impl AlikeTable {
    /// The number for what this volunteer shares with others.
    pub(super) fn number_of(&mut self, who: &Candidate) -> u16 {
        let hash = hash_of(who);
        if let Some(number) = self.numbers.get(hash).copied() {
            let known = self.known.get(number).and_then(Option::as_ref);
            let number = known.filter(|known| is_alike(known, who)).map(|_| number);
            return number.and_then(|number| u16::try_from(number).ok()).unwrap_or(UNLIKE);
        }
        let Some(number) = u16::try_from(self.known.len()).ok().filter(|number| *number < UNLIKE) else {
            return UNLIKE;
        };
        self.numbers.insert(hash, u32::from(number));
        self.known.push(Some(Arc::new(Alike {
            organisation: who.organisation,
            campaigns: Arc::clone(&who.campaigns),
            area: who.area,
            availability: who.availability.clone(),
            languages: who.languages.clone(),
        })));
        number
    }

    /// Whether what these volunteers have alike suits the request.
    pub(super) fn verdict(&self, number: u16, request: &OpenRequest, at: At) -> Verdict {
        let Some(alike) = self.get(number) else { return Verdict::Unsure };
        if alike.availability.holds(at.local)
            && alike.is_of(request)
            && alike.is_near(request)
            && alike.speaks(request)
        {
            Verdict::Yes
        } else {
            Verdict::No
        }
    }

    /// Whether the hours that these volunteers have alike are now.
    pub(super) fn hours(&self, number: u16, at: At) -> Verdict {
        match self.get(number) {
            None => Verdict::Unsure,
            Some(alike) if alike.availability.holds(at.local) => Verdict::Yes,
            Some(_) => Verdict::No,
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.known.len()
    }

    pub(super) fn get(&self, number: u16) -> Option<&Alike> {
        self.known.get(u32::from(number))?.as_deref()
    }
}

impl Alike {
    pub(super) fn is_of(&self, request: &OpenRequest) -> bool {
        self.organisation == request.organisation || self.campaigns.contains(&request.campaign)
    }

    pub(super) fn is_near(&self, request: &OpenRequest) -> bool {
        !request.kind.is_physical() || self.area == request.area || request.neighbours.contains(&self.area)
    }

    pub(super) fn speaks(&self, request: &OpenRequest) -> bool {
        request.languages.is_empty()
            || request.languages.iter().any(|language| self.languages.contains(language))
    }
}

fn hash_of(who: &Candidate) -> u64 {
    let mut hasher = DefaultHasher::new();
    who.organisation.hash(&mut hasher);
    who.campaigns.hash(&mut hasher);
    who.area.hash(&mut hasher);
    who.availability.hash(&mut hasher);
    who.languages.hash(&mut hasher);
    hasher.finish()
}

fn is_alike(known: &Alike, who: &Candidate) -> bool {
    known.organisation == who.organisation
        && known.campaigns == who.campaigns
        && known.area == who.area
        && known.availability == who.availability
        && known.languages == who.languages
}
