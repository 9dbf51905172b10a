use proptest::prelude::*;

use crate::{
    Bins, Calibration, DEPTH_MAX, Encoder, Forest, LEAVES_MAX, Model, ModelDocument, Node, Probability, Seen,
    Tree,
};

const ATTRIBUTES: usize = 4;

/// Trees with children in the order of a queue, asking for whatever, as large as trees may be.
fn tree() -> impl Strategy<Value = Tree> {
    let step = (any::<bool>(), 0..ATTRIBUTES as u8, any::<u64>(), -400_000_i32..400_000);
    prop::collection::vec(step, 1..16).prop_map(|steps| {
        let (mut nodes, mut depths) = (Vec::new(), vec![0]);
        while nodes.len() < depths.len() {
            let (splits, attribute, bins, delta) = steps[nodes.len() % steps.len()];
            let (depth, leaves) = (depths[nodes.len()], depths.len().div_ceil(2));
            if splits && depth < DEPTH_MAX && leaves < LEAVES_MAX {
                nodes.push(Node::split(delta, attribute, bins, depths.len() as u16));
                depths.extend([depth + 1; 2]);
            } else {
                nodes.push(Node::leaf(delta));
            }
        }
        Tree(nodes)
    })
}

/// What a tree adds for these bins, root included, node by node.
fn walked(Tree(nodes): &Tree, bins: &Bins) -> i64 {
    let (mut place, mut sum) = (0, i64::from(nodes[0].delta()));
    while let Some((attribute, left)) = nodes[place].question() {
        let goes_left = nodes[place].sends_left(usize::from(bins.of(attribute)));
        place = if goes_left { left } else { left + 1 };
        sum += i64::from(nodes[place].delta());
    }
    sum
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
    fn eight_trees_at_a_time_come_to_the_leaves_that_each_comes_to(
        trees in prop::collection::vec(tree(), 0..20),
        bins in prop::collection::vec(0_u8..64, ATTRIBUTES),
    ) {
        let bins: Bins = bins.into_iter().collect();
        let forest = Forest::new(7, &trees).unwrap();
        prop_assert_eq!(forest.raw(&bins), 7 + trees.iter().map(|tree| walked(tree, &bins)).sum::<i64>());
    }

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
fn a_tree_that_is_too_large_is_refused() {
    let split = |nth: u16| Node::split(1, 0, 1, 2 * nth + 1);
    let leaves = |count: usize| vec![Node::leaf(1); count];
    let full = |splits: u16| Tree((0..splits).map(split).chain(leaves(usize::from(splits) + 1)).collect());
    let chain = |splits: u16| {
        let nodes = (0..splits).flat_map(|nth| [split(nth), Node::leaf(1)]);
        Tree(nodes.chain(leaves(1)).collect())
    };
    let told = |tree| Forest::new(0, &[tree]).map(|_| ()).map_err(|invalid| invalid.to_string());
    assert_eq!((told(full(7)), told(chain(4))), (Ok(()), Ok(())));
    let refused = |why: &str| Err(format!("the trees cannot be read: {why}"));
    assert_eq!(told(full(15)), refused("a tree has more than eight leaves"));
    assert_eq!(told(chain(5)), refused("a tree asks more than four questions one after the other"));
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
