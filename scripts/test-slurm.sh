#!/usr/bin/env bash
# A study as a Slurm job array on this machine: installs Debian's Slurm, starts slurmctld and two slurmd on the loopback without
# systemd or cgroups, submits the array, kills a task in the middle, submits the array again, merges, and compares every file with
# the same study run in one process. Needs root. Called by .ci/run, not by the test command.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ "$(id -u)" -ne 0 ]; then
  echo "skipped: a Slurm of one's own needs root"
  exit 0
fi
if ! command -v slurmctld > /dev/null || ! command -v munged > /dev/null; then
  apt-get update -q > /dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends slurmctld slurmd slurm-client munge > /dev/null
fi
cargo build --release --locked -q
sirocco="$PWD/target/release/sirocco"
data="$PWD/data"

work=$(mktemp -d)
stop() {
  for name in slurmd slurmctld munged; do pkill -x "$name" 2> /dev/null || true; done
  rm -rf "$work"
}
trap stop EXIT
mkdir -p "$work"/{state,spool1,spool2,run,log,munge}
dd if=/dev/urandom bs=1 count=1024 of="$work/munge/key" 2> /dev/null
chmod 0700 "$work/munge"
chmod 0400 "$work/munge/key"
# munged wants every folder above its socket to be safe.
chmod 0755 "$work"
munge=(--socket="$work/run/munge.socket" --key-file="$work/munge/key" --pid-file="$work/run/munged.pid" --seed-file="$work/munge/seed"
  --log-file="$work/log/munged.log" --force)
munged "${munge[@]}"

host=$(hostname -s)
cat > "$work/slurm.conf" << CONF
ClusterName=loopback
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
AuthType=auth/munge
AuthInfo=socket=$work/run/munge.socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool-%n
SlurmctldPidFile=$work/run/slurmctld.pid
SlurmdPidFile=$work/run/slurmd-%n.pid
SlurmctldLogFile=$work/log/slurmctld.log
SlurmdLogFile=$work/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=2
MinJobAge=3600
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=16821 CPUs=1 State=UNKNOWN
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=16822 CPUs=1 State=UNKNOWN
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF="$work/slurm.conf"
slurmctld -f "$SLURM_CONF"
for n in n1 n2; do
  mkdir -p "$work/spool-$n"
  slurmd -N "$n" -f "$SLURM_CONF"
done
for _ in $(seq 60); do
  [ "$(sinfo -h -t idle -o %D 2> /dev/null)" = 2 ] && break
  sleep 0.5
done
[ "$(sinfo -h -t idle -o %D)" = 2 ] || { echo "Slurm's two nodes did not come up"; tail -n 20 "$work"/log/*.log; exit 1; }

mkdir "$work/desk"
cat > "$work/desk/base.toml" << 'TOML'
title = "Base"
[run]
start = 2011-10-20
end = 2012-01-31
resolution = 3
persons_per_agent = 30
[initial.migrants]
residents = 20000
on_coast = 3000
TOML
cat > "$work/desk/study.toml" << 'TOML'
title = "By array"
scenario = "base.toml"
replicates = 2
measures = ["arms_looted_small_arms", "sea_departures"]
[design]
kind = "morris"
trajectories = 4
[[factor]]
key = "processes.markets.elasticity"
[[factor]]
all_of = "weather"
TOML
cd "$work/desk"
"$sirocco" study slurm study.toml --data "$data" --out far --runs-per-task 8 --time 00:30:00
tasks=$(sed -n 's/^#SBATCH --array=1-//p' far/slurm/array.sbatch)

waited() { # until no job of ours is left
  for _ in $(seq 600); do
    [ -z "$(squeue -h -t pending,running,completing,configuring)" ] && return 0
    sleep 0.5
  done
  echo "the jobs did not end"; squeue; exit 1
}
# The first task that runs is killed as soon as it has written something; requeueing is not what is tested here.
array=$(sbatch --parsable --no-requeue far/slurm/array.sbatch)
for _ in $(seq 240); do
  [ -n "$(ls far/outcomes 2> /dev/null)" ] && break
  sleep 0.1
done
scancel --signal=KILL --full "${array}_1"
waited
if "$sirocco" study merge far --data "$data" --quiet 2> missing.txt; then
  echo "the killed task had already ended: nothing was tested"; exit 1
fi
grep -q "runs are missing" missing.txt
cat missing.txt
# Again, all of it, with the merge that waits for it.
bash far/slurm/submit.sh
waited
[ -f far/manifest.json ] || { echo "the merge did not end well"; cat far/slurm/*.log; exit 1; }

"$sirocco" study study.toml --data "$data" --out near --quiet
for file in near/*.csv near/manifest.json; do
  cmp "$file" "far/$(basename "$file")"
done
echo "Slurm: $tasks tasks, one killed in the middle and run again; $(ls near/*.csv | wc -l) tables the same byte for byte"
