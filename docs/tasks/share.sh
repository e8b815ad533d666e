#!/bin/sh
# Prints, for each task, the share of 20 runs whose first reply passes its checks, and the share that passes within the
# three tries that inkling makes: run i has line i of subjects.txt (or of texts.txt, for tasks about a text) and seed i.
#   sh docs/tasks/share.sh                       with the starter
#   MODEL=~/models/gpt2 sh docs/tasks/share.sh   with another model
#   TASKS="poem quiz" INKLING=./inkling sh docs/tasks/share.sh
here=$(dirname "$0")
inkling=${INKLING:-inkling}
model=${MODEL:-starter}
tasks=${TASKS:-story poem song headline slogan copy picture lesson quiz feedback summary brainstorm title rewrite}

echo "| task | at once | after the tries |"
echo "|---|---:|---:|"
for task in $tasks; do
	case $task in
	feedback | summary | title | rewrite) lines=$here/texts.txt ;;
	*) lines=$here/subjects.txt ;;
	esac
	runs=0 once=0 passed=0
	while IFS= read -r words; do
		runs=$((runs + 1))
		answer=$(printf '%s\n' "$words" | "$inkling" task "$task" --json --model "$model" --seed "$runs" 2>/dev/null)
		case $answer in
		*'"tries":1,"wrong":[]}') once=$((once + 1)) passed=$((passed + 1)) ;;
		*'"wrong":[]}') passed=$((passed + 1)) ;;
		*'"wrong":['*) ;;
		*) echo "share.sh: inkling task $task printed no answer for: $words" >&2 && exit 1 ;;
		esac
	done <"$lines"
	echo "| $task | $once of $runs | $passed of $runs |"
done
