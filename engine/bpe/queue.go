package bpe

// candidate is a possible merge: its rank above 40 bits of its position in the
// word, so that candidates compare in the order in which they are to merge.
// Ranks are below maxMerges.
type candidate uint64

const (
	positionBits = 40
	maxMerges    = 1 << (64 - positionBits)
)

func place(rank int32, position int) candidate {
	return candidate(rank)<<positionBits | candidate(position)
}

func (c candidate) split() (rank int32, position int) {
	return int32(c >> positionBits), int(c & (1<<positionBits - 1))
}

// queue is a binary heap with the least candidate at index 0.
type queue []candidate

func (q *queue) push(c candidate) {
	*q = append(*q, c)
	heap := *q
	for i := len(heap) - 1; i > 0; {
		parent := (i - 1) / 2
		if heap[parent] <= heap[i] {
			return
		}
		heap[parent], heap[i] = heap[i], heap[parent]
		i = parent
	}
}

// pop removes the least candidate of a queue that is not empty.
func (q *queue) pop() candidate {
	heap := *q
	least := heap[0]
	last := len(heap) - 1
	heap[0] = heap[last]
	heap = heap[:last]
	*q = heap
	for i := 0; ; {
		child := 2*i + 1
		if child >= last {
			return least
		}
		if child+1 < last && heap[child+1] < heap[child] {
			child++
		}
		if heap[i] <= heap[child] {
			return least
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}
