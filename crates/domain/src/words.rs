//! Small words that several rooms share: how someone travels, what kind of help is asked,
//! how urgent it is.

use crate::word::words;

words! {
    /// How a volunteer gets about. Ordered by reach.
    Transport: "means of transport" { Foot = "foot", Bicycle = "bicycle", Car = "car" }
}

words! {
    /// What a request asks for.
    RequestKind: "kind of request" {
        /// Bring something to the door.
        Delivery = "delivery",
        /// Bring something back from the door.
        Collection = "collection",
        /// See, from outside the door, that someone is well.
        WelfareCheck = "welfare_check",
        /// Telephone; nobody travels, so distance plays no part.
        Call = "call",
    }
}

words! {
    /// How soon help is needed, the most urgent first.
    Urgency: "urgency" { Critical = "critical", High = "high", Normal = "normal", Low = "low" }
}

words! {
    /// Why a household is served by the campaign.
    HouseholdCategory: "household category" {
        ElderlyAlone = "elderly_alone",
        SpecialNeeds = "special_needs",
        LargeLowIncomeFamily = "large_low_income_family",
        Unemployed = "unemployed",
        DisabledChild = "disabled_child",
        OrphansInCare = "orphans_in_care",
        Other = "other",
    }
}

words! {
    /// What a volunteer can do beyond carrying.
    Skill: "skill" {
        FirstAid = "first_aid",
        SignLanguage = "sign_language",
        HeavyLifting = "heavy_lifting",
        ColdChain = "cold_chain",
        Pharmacy = "pharmacy",
        ElderCare = "elder_care",
        ChildCare = "child_care",
    }
}

impl RequestKind {
    /// Whether someone has to go to the door.
    #[must_use]
    pub const fn is_physical(self) -> bool {
        match self {
            Self::Delivery | Self::Collection | Self::WelfareCheck => true,
            Self::Call => false,
        }
    }

    /// Whether goods change hands, so that a delivery is begun with the claim.
    #[must_use]
    pub const fn moves_goods(self) -> bool {
        match self {
            Self::Delivery | Self::Collection => true,
            Self::WelfareCheck | Self::Call => false,
        }
    }
}
