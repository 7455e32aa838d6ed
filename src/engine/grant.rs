//! Who gets what is scarce: requests are served in the order of (resource, keyed priority, entity key), so the outcome
//! does not hang on who asked first in memory.

/// Someone asks for up to `want` units of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    pub resource: u32,
    /// A keyed draw of the asker.
    pub priority: u64,
    pub key: u64,
    /// Row of the asker.
    pub row: u32,
    pub want: u32,
}

/// Serves the requests from `supply` (units left by resource, lowered in place); calls `granted` with each request and
/// what it got (maybe 0), in order.
pub fn grant(requests: &mut [Request], supply: &mut [u64], mut granted: impl FnMut(Request, u32)) {
    requests.sort_unstable();
    for r in requests.iter() {
        let Some(left) = supply.get_mut(r.resource as usize) else { continue };
        let got = u64::from(r.want).min(*left);
        *left -= got;
        granted(*r, got as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_asking_does_not_matter() {
        let r = |p, key, want| Request { resource: 0, priority: p, key, row: key as u32, want };
        let run = |mut v: Vec<Request>| {
            let mut out = vec![];
            grant(&mut v, &mut [10], |r, n| out.push((r.key, n)));
            out
        };
        let a = run(vec![r(5, 1, 6), r(2, 2, 6), r(9, 3, 6)]);
        let b = run(vec![r(9, 3, 6), r(5, 1, 6), r(2, 2, 6)]);
        assert_eq!(a, b);
        assert_eq!(a, [(2, 6), (1, 4), (3, 0)]);
    }
}
