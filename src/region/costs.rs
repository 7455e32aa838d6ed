//! Cost-to-go fields over the land graph: least cost from every node to one destination (Dijkstra on whole numbers,
//! ties broken by node id, so the bits are the same everywhere).
