//! Answers of the default policies, worked out once.
//!
//! The default policies look at a small closed set of values. Cedar is asked about every combination at start; a question
//! is then a look-up, without entities, strings or allocations.

use tenantry_web::Audience;
use tenantry_web::ports::{Decision, Extent, Question};

use crate::Error;
use crate::engine::{Common, Engine, Relation};

const EXTENTS: [Option<Extent>; 3] = [None, Some(Extent::Own), Some(Extent::Any)];
const AUDIENCES: [Audience; 4] = [Audience::Public, Audience::Own, Audience::Tenant, Audience::Platform];
const RELATIONS: [Relation; 6] = [
    Relation::Caller,
    Relation::Collection,
    Relation::OwnCollection,
    Relation::Unowned,
    Relation::Own,
    Relation::Foreign,
];

/// The answers, by [`index`].
pub(crate) struct Memo(Vec<Decision>);

impl Memo {
    /// Ask Cedar about every combination.
    pub(crate) fn new(engine: &Engine) -> Result<Self, Error> {
        every().map(|common| engine.decide(common)).collect::<Result<_, _>>().map(Self)
    }

    /// The answer to a question that only the default policies concern.
    pub(crate) fn decide(&self, question: &Question<'_>) -> Decision {
        self.of(common(question))
    }

    /// The answer to a combination.
    pub(crate) fn of(&self, common: Common) -> Decision {
        self.0.get(index(common)).cloned().unwrap_or_else(|| Decision {
            is_allowed: false,
            policies: std::sync::Arc::new([]),
            reason: "the decision could not be made".into(),
            missing: std::sync::Arc::new([]),
        })
    }
}

/// Every combination, in the order of [`index`].
pub(crate) fn every() -> impl Iterator<Item = Common> {
    let pairs = EXTENTS.into_iter().flat_map(|extent| AUDIENCES.map(|audience| (extent, audience)));
    let triples = pairs.flat_map(|(extent, audience)| RELATIONS.map(|relation| (extent, audience, relation)));
    triples.flat_map(|(extent, audience, relation)| {
        [(false, false), (false, true), (true, false), (true, true)].map(|(is_operator, is_same_tenant)| {
            Common { extent, audience, is_operator, relation, is_same_tenant }
        })
    })
}

const fn index(common: Common) -> usize {
    let extent = match common.extent {
        None => 0,
        Some(Extent::Own) => 1,
        Some(Extent::Any) => 2,
    };
    let audience = common.audience as usize;
    let flags = 2 * (common.is_operator as usize) + common.is_same_tenant as usize;
    ((extent * AUDIENCES.len() + audience) * RELATIONS.len() + common.relation as usize) * 4 + flags
}

/// What the default policies see of a question. Questions stay inside their tenant: its rows are all they can be about.
pub(crate) fn common(question: &Question<'_>) -> Common {
    let is_own = question.owner == Some(question.user);
    let is_caller = question.resource_type == "user"
        && question.resource_id.is_some_and(|id| id == question.user.as_uuid());
    let relation = match (question.resource_id, question.owner) {
        _ if is_caller => Relation::Caller,
        (None, _) if is_own => Relation::OwnCollection,
        (None, None) => Relation::Collection,
        (Some(_), None) => Relation::Unowned,
        (Some(_), Some(_)) if is_own => Relation::Own,
        // Also what does not exist yet, and is to be somebody else's.
        (_, Some(_)) => Relation::Foreign,
    };
    Common {
        extent: question.grants.extent(question.action.name),
        audience: question.action.audience,
        is_operator: question.tenant.is_root,
        relation,
        is_same_tenant: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memo_says_what_cedar_says_of_every_combination() {
        let engine = Engine::new().unwrap();
        let memo = Memo::new(&engine).unwrap();
        assert_eq!(every().count(), 288);
        for (number, common) in every().enumerate() {
            assert_eq!(index(common), number, "{common:?}");
            assert_eq!(memo.of(common), engine.decide(common).unwrap(), "{common:?}");
        }
    }

    #[test]
    fn a_decision_by_the_default_policies_is_explained() {
        let memo = Memo::new(&Engine::new().unwrap()).unwrap();
        let own = Common {
            extent: Some(Extent::Own),
            audience: Audience::Tenant,
            is_operator: false,
            relation: Relation::Own,
            is_same_tenant: true,
        };
        let decision = memo.of(own);
        assert_eq!((decision.is_allowed, &*decision.policies), (true, &["rbac.own".to_owned()][..]));
        let foreign = memo.of(Common { relation: Relation::Foreign, ..own });
        assert_eq!((foreign.is_allowed, &*foreign.reason), (false, "nothing allows it"));
        let elsewhere = memo.of(Common { is_same_tenant: false, extent: Some(Extent::Any), ..own });
        assert_eq!(&*elsewhere.reason, "the resource belongs to another tenant");
    }
}
