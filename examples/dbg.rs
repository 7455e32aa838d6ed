use sirocco::sim::*; use sirocco::scenario::load::*; use sirocco::scenario::diagnose::Names; use std::path::Path; use std::sync::Arc;
fn main(){ let f=std::env::args().nth(1).unwrap(); let days:u32=std::env::args().nth(2).unwrap().parse().unwrap();
 let p=peek(Path::new(&f),&[]).unwrap_or_else(|_|panic!()); let g=Ground::load(Path::new("data"),&p.region,p.resolution,&p.folder).unwrap();
 let s=Arc::new(load(Path::new(&f),&[],&Names::of(&g.region)).unwrap_or_else(|_|panic!()));
 let mut sim=Simulation::new(&RunPlan{scenario:s,replicate:0,values:vec![],audit:false},&g).unwrap();
 for _ in 0..days { sim.day().unwrap(); sim.next_morning(); }
 let w=&sim.world; let r=&w.routes;
 let name=|h:u16| r.hubs[h as usize].name.clone();
 let mut q:Vec<_>=(0..r.legs.len()).map(|l|(w.queues.seats[l].len(),l)).collect(); q.sort(); q.reverse();
 for (n,l) in q.iter().take(15){ let leg=&r.legs[*l]; println!("{n} {} {}->{} km {:.0} hours {:.0} fare {} crewcost {} fuel {}", g.region.corridors[leg.corridor].id, name(leg.from),name(leg.to),leg.km,leg.hours,leg.fare_cents/100,leg.crew_cents/100,leg.fuel_cents/100); }
 let mut st=std::collections::BTreeMap::new();
 for i in w.crews.rows(){ *st.entry((w.crews.state()[i],w.crews.cargo()[i],name(w.crews.hub()[i]))).or_insert(0)+=1; }
 let mut v:Vec<_>=st.into_iter().collect(); v.sort_by_key(|x|-x.1); for x in v.iter().take(30){println!("{x:?}");}

 println!("shortfall"); for h in 0..r.hubs.len(){ if w.shortfall[h].iter().any(|&x|x>0){ println!("{} {:?}",r.hubs[h].name,w.shortfall[h]); } }
 println!("markets"); for i in w.stores.rows(){ if w.stores.kind()[i]==0 { let t:Vec<u32>=sirocco::agents::arms::Class::ALL.iter().map(|&c|sirocco::agents::arms::of_class(&w.stores.arms()[i],c)).collect(); println!("{} {:?}",r.hubs[w.stores.at()[i] as usize].name,t);} }
}
