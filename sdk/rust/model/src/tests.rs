use proptest::prelude::*;

use crate::{Bins, Calibration, Encoder, Forest, Model, ModelDocument, Node, Probability, Seen, Tree};

const ATTRIBUTES: usize = 4;

/// Trees with children in the order of a queue, asking for whatever.
fn tree() -> impl Strategy<Value = Tree> {
    let step = (any::<bool>(), 0..ATTRIBUTES as u8, any::<u64>(), -400_000_i32..400_000);
    prop::collection::vec(step, 1..12).prop_map(|steps| {
        let (mut nodes, mut next, mut place) = (Vec::new(), 1_u16, 0);
        while nodes.len() < usize::from(next) {
            let (splits, attribute, bins, delta) = steps[place % steps.len()];
            if splits && place < steps.len() {
                nodes.push(Node::split(delta, attribute, bins, next));
                next += 2;
            } else {
                nodes.push(Node::leaf(delta));
            }
            place += 1;
        }
        Tree(nodes)
    })
}

fn model() -> impl Strategy<Value = Model> {
    let knots = prop::collection::vec(0..Probability::ONE, 2..80).prop_map(|mut knots| {
        knots.sort_unstable();
        knots
    });
    let trees = prop::collection::vec(tree(), 0..12);
    (trees, knots, -3_000_000_i64..3_000_000, 10_u32..20).prop_map(|(trees, knots, base, shift)| {
        let encoders = vec![
            Encoder::Number(vec![-1.5, 0.0, 2.25]),
            Encoder::text(vec!["web".to_owned(), "käse".to_owned()]),
            Encoder::Time(vec![0.0, 30.0]),
            Encoder::Number(vec![0.5]),
        ];
        let forest = Forest::new(base, &trees).unwrap();
        Model::new(encoders, forest, Calibration::new(-2_000_000, shift, knots).unwrap()).unwrap()
    })
}

proptest! {
    #[test]
    fn what_moved_a_lead_sums_to_its_probability(
        model in model(),
        bins in prop::collection::vec(0_u8..64, ATTRIBUTES),
    ) {
        let bins: Bins = bins.into_iter().collect();
        let explanation = model.explain(&bins);
        let parts: i64 = explanation.parts.iter().map(|part| part.thousandths).sum();
        prop_assert_eq!(explanation.probability, model.probability(&bins));
        if !explanation.parts.is_empty() {
            let whole = explanation.base_thousandths + parts;
            prop_assert_eq!(whole, explanation.probability.percent_thousandths());
        }
        let contributions = model.forest().contributions(&bins, ATTRIBUTES);
        prop_assert_eq!(model.forest().base() + contributions.iter().sum::<i64>(), model.forest().raw(&bins));
        for part in explanation.parts {
            let contribution = contributions[part.attribute];
            // Rounding may turn what is as good as nothing, by no more than a thousandth or two.
            prop_assert!(contribution.signum() * part.thousandths >= -2, "{part:?} of {contribution}");
        }
    }

    #[test]
    fn probabilities_never_fall(model in model(), one in any::<i32>(), other in any::<i32>()) {
        let (low, high) = (one.min(other), one.max(other));
        let of = |raw: i32| model.calibration().probability(i64::from(raw));
        prop_assert!(of(low) <= of(high));
    }

    #[test]
    fn a_document_is_the_model(model in model()) {
        let names: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let json = serde_json::to_string(&ModelDocument::of(&model, &names)).unwrap();
        let read: ModelDocument = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(read.model().unwrap(), model);
    }

    #[test]
    fn no_document_breaks_the_reader(trees in "[A-Za-z0-9+/]{0,200}", base in any::<i64>()) {
        let document = ModelDocument {
            format: 1,
            attributes: Vec::new(),
            base,
            calibration: crate::CalibrationDocument { from: 0, shift: 4, billionths: vec![0, 1] },
            trees,
        };
        let _ = document.model();
    }

    #[test]
    fn more_is_never_in_a_lower_bin(one in any::<f64>(), other in any::<f64>()) {
        prop_assume!(one <= other && one.is_finite() && other.is_finite());
        let encoder = Encoder::Number(vec![-1e9, -3.5, 0.0, 0.1, 7e12]);
        prop_assert!(encoder.bin(Seen::Number(one), 0) <= encoder.bin(Seen::Number(other), 0));
    }
}

#[test]
fn texts_are_compared_as_people_do() {
    let encoder = Encoder::text(vec!["olark chat".to_owned(), "küche".to_owned(), "yes".to_owned()]);
    let bin = |text| encoder.bin(Seen::Text(text), 0);
    assert_eq!((bin("Olark Chat"), bin(" olark chat "), bin("KÜCHE")), (1, 1, 2));
    assert_eq!((bin("Chat"), bin(""), bin("  ")), (63, 0, 0));
    assert_eq!((encoder.bin(Seen::Flag(true), 0), encoder.bin(Seen::Missing, 0)), (3, 0));
}

#[test]
fn moments_are_days_before_the_receipt() {
    let encoder = Encoder::Time(vec![0.0, 1.0]);
    let day = 86_400_000;
    assert_eq!(encoder.bin(Seen::Time(10 * day + 1), 10 * day), 1);
    assert_eq!(encoder.bin(Seen::Time(10 * day), 10 * day), 2);
    assert_eq!(encoder.bin(Seen::Time(9 * day), 10 * day), 3);
    assert_eq!(encoder.bin(Seen::Number(f64::NAN), 0), 0);
}

#[test]
fn a_falling_line_is_refused() {
    assert!(Calibration::new(0, 4, vec![2, 1]).is_err());
    assert!(Calibration::new(0, 4, vec![1]).is_err());
    assert!(Calibration::new(0, 4, vec![1, Probability::ONE + 1]).is_err());
}
