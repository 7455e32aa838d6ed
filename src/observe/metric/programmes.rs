//! Programmes: who is trained and leaves, who is demobilised and comes back, who is taken into a force.

use super::{Kind, Metric, metric};
use crate::agents::accounts::Fighters;
use crate::agents::world::World;

const GROUP: &str = "programmes";

pub(super) fn programmes(m: &mut Vec<Metric>) {
    type Count = fn(&World) -> i64;
    let flows: [(&str, &'static str, &str, Count); 8] = [
        ("trainees", "persons/day", "Began a course of training", |w| w.tally.trainees),
        ("fighters_trained", "fighters/day", "Finished a course and joined their force", |w| w.tally.trained),
        ("trained_leaked", "fighters/day", "Trained men who left their force for another group", |w| {
            w.tally.trained_leaked
        }),
        ("arms_leaked_training", "pieces/day", "Weapons that they took along", |w| w.tally.arms_leaked_training),
        ("ddr_demobilised", "fighters/day", "Left their group by a programme", |w| w.tally.ddr_demobilised),
        ("weapons_surrendered", "pieces/day", "Weapons that they laid down", |w| w.tally.weapons_surrendered),
        ("ddr_relapsed", "fighters/day", "Demobilised men who took up arms again", |w| w.tally.ddr_relapsed),
        ("integrated", "fighters/day", "Fighters of militias taken into the force of a government", |w| {
            w.tally.integrated
        }),
    ];
    for (name, unit, about, count) in flows {
        m.push(metric(name, unit, GROUP, Kind::Flow, about, move |w: &World| count(w) as f64));
    }
    let about = "Demobilised men who have not taken up arms again";
    m.push(metric("demobilised", "persons", GROUP, Kind::Stock, about, |w| {
        w.ledgers.fighters.balance(0, Fighters::Demobilised as usize) as f64
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::hand_made::{read, world};

    #[test]
    fn programmes_are_counted_by_the_day_and_the_demobilised_as_they_stand() {
        let mut w = world();
        w.ledgers.move_fighters(Fighters::Outside, Fighters::Demobilised, 70);
        let t = &mut w.tally;
        (t.trainees, t.trained, t.trained_leaked, t.arms_leaked_training) = (90, 60, 8, 2);
        (t.ddr_demobilised, t.weapons_surrendered, t.ddr_relapsed, t.integrated) = (40, 20, 3, 11);
        let names = [
            "trainees",
            "fighters_trained",
            "trained_leaked",
            "arms_leaked_training",
            "ddr_demobilised",
            "weapons_surrendered",
            "ddr_relapsed",
            "integrated",
            "demobilised",
        ];
        assert_eq!(names.map(|n| read(&w, n)), [90.0, 60.0, 8.0, 2.0, 40.0, 20.0, 3.0, 11.0, 70.0]);
    }
}
