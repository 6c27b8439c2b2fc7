//! One POST of the long day.

/// Who makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Administrator,
    Coordinator,
    Volunteer,
    /// A volunteer who leaves at the end.
    Leaving,
    Partner,
    /// The partner app of a sandbox.
    Sandbox,
    Nobody,
}

/// A POST. In its path and its body, names in braces stand for what earlier answers said.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub(super) who: Who,
    pub(super) path: &'static str,
    pub(super) media_type: &'static str,
    pub(super) body: &'static str,
    /// Events that it makes.
    pub(super) events: i64,
    /// Fields of its answer that are told once.
    pub(super) told_once: &'static [&'static str],
    /// What later steps call things of its answer by: name, and JSON pointer.
    pub(super) names: &'static [(&'static str, &'static str)],
}

pub(super) const fn step(who: Who, path: &'static str, body: &'static str) -> Step {
    Step { who, path, media_type: "application/json", body, events: 1, told_once: &[], names: &[] }
}

impl Step {
    pub(super) const fn events(self, events: i64) -> Self {
        Self { events, ..self }
    }

    pub(super) const fn once(self, told_once: &'static [&'static str]) -> Self {
        Self { told_once, ..self }
    }

    pub(super) const fn names(self, names: &'static [(&'static str, &'static str)]) -> Self {
        Self { names, ..self }
    }

    pub(super) const fn of_type(self, media_type: &'static str) -> Self {
        Self { media_type, ..self }
    }

    /// Its path as the contract writes it.
    pub(super) fn route(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        let part = |part: &'static str| if part.starts_with('{') { "{id}" } else { part };
        path.split('/').map(part).collect::<Vec<_>>().join("/")
    }
}
