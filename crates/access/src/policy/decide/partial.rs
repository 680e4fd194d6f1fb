//! What can be said of a policy when only the user and the tenant are known: it applies, it does not, or it depends.

use tenantry_web::ports::Fact;

use super::set::Entry;
use super::world::World;
use crate::policy::language::target::like;
use crate::policy::language::tree::{Comparison, Condition, Operand, Test};

/// Three-valued truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Truth {
    True,
    False,
    Unknown,
}

impl Truth {
    const fn of(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }

    const fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// Whether a policy applies, as far as it can be said. One in Cedar itself may depend on anything.
pub(crate) fn applies(entry: &Entry, world: &World) -> Truth {
    entry.condition.as_ref().map_or(Truth::Unknown, |condition| holds(condition, world))
}

fn holds(condition: &Condition, world: &World) -> Truth {
    match condition {
        Condition::All(list) => fold(list, world, Truth::False, Truth::True),
        Condition::Any(list) => fold(list, world, Truth::True, Truth::False),
        Condition::Not(inner) => holds(inner, world).not(),
        Condition::Hours(_) => Truth::Unknown,
        Condition::Known(path) | Condition::Test(Test { path, .. })
            if path.only.as_ref().is_some_and(|kind| *kind != world.kind) =>
        {
            Truth::False
        }
        Condition::Known(path) => {
            if world.fact(path).is_some() {
                Truth::True
            } else {
                Truth::Unknown
            }
        }
        Condition::Test(test) => fits(test, world).map_or(Truth::Unknown, Truth::of),
    }
}

/// One `deciding` value decides; else one unknown makes it unknown; else it is `other`.
fn fold(list: &[Condition], world: &World, deciding: Truth, other: Truth) -> Truth {
    let mut found = other;
    for one in list {
        match holds(one, world) {
            truth if truth == deciding => return deciding,
            Truth::Unknown => found = Truth::Unknown,
            _ => {}
        }
    }
    found
}

fn fits(test: &Test, world: &World) -> Option<bool> {
    let left = world.fact(&test.path)?;
    let equal = |right: &Fact| match (left, right) {
        (Fact::Texts(set), Fact::Text(one)) => set.contains(one),
        (left, right) => left == right,
    };
    Some(match (&test.operand, left) {
        (Operand::Attribute(path), _) => equal(world.fact(path)?),
        (Operand::Text(pattern), Fact::Text(whole)) if test.comparison == Comparison::Like => {
            like(pattern, whole)
        }
        (Operand::Text(wanted), _) => equal(&Fact::Text(wanted.clone())),
        (Operand::Flag(flag), _) => equal(&Fact::Flag(*flag)),
        // Numbers, instants and addresses are the resource's or the environment's: not known here, except when the
        // user was made, which is compared with the clock.
        _ => return None,
    })
}
