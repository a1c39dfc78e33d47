/**
 * The shell that QEMU runs under, so that nothing is left behind however we end: it has a pipe from us as standard input,
 * and whether that is closed on purpose, by a signal or by a crash, it ends QEMU and removes the folder.
 *
 * It is a session of its own, so that Ctrl-C in a terminal reaches neither it nor QEMU: we decide. Its order: make the
 * folder and the FIFOs, say `ready`, start QEMU when told `go`, say its process id, wait for the end of its input. QEMU holds our
 * end of the shell's output open (as descriptor 3), which the shell itself closes: its end of file is the end of QEMU.
 */
export const SUPERVISOR = `
folder=$1
shift
umask 077
mkdir "$folder" && mkfifo "$folder/qtest.in" "$folder/qtest.out" || exit 1
echo ready
if read -r go; then
  "$@" 3>&1 >>"$folder/words" 2>&1 </dev/null &
  qemu=$!
  echo "pid $qemu"
  exec >/dev/null 2>&1
  read -r end
  kill "$qemu"
  (
    tries=0
    while [ $tries -lt 100 ]; do sleep 0.02; tries=$((tries + 1)); done
    kill -9 "$qemu"
  ) &
  killer=$!
  wait "$qemu"
  kill "$killer"
fi
rm -rf "$folder"
`;
