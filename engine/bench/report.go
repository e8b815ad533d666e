package bench

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"inkling/engine"
	"inkling/engine/gpt2"
	"inkling/engine/kernel"
)

// A Report is what was measured.
type Report struct {
	Machine Machine          `json:"machine"`
	Limits  map[string]Limit `json:"walls"` // by name: "memory", "fma" and "integer"; "memory q8" where the caches hold the weights
	Results []Result         `json:"results"`
	Notes   []string         `json:"notes"` // on how it was measured, and what was left out
}

// Spread sums several runs up.
type Spread struct {
	Median float64   `json:"median"`
	Min    float64   `json:"min"`
	Max    float64   `json:"max"`
	Runs   []float64 `json:"runs"` // in the order in which they were measured
}

// Limit is what a machine does at most.
type Limit struct {
	Unit string `json:"unit"`
	Spread
}

// Result is a figure of a model in a format.
type Result struct {
	Model      string `json:"model"`
	Parameters int    `json:"parameters"`
	Bytes      int    `json:"bytes"` // of the weights in memory
	Weights    string `json:"weights"`
	Threads    int    `json:"threads"`
	Test       string `json:"test"`
	Unit       string `json:"unit"`
	Spread

	// Limit names the limit that holds the figure back; nil for none. Cost is what a token takes of it, in bytes or
	// operations, and Percent is 100·Median·Cost over the median of the limit.
	Limit   *string  `json:"wall"`
	Cost    *float64 `json:"cost"`
	Percent *float64 `json:"percent"`
}

// summarize sums runs up, of which there is at least one.
func summarize(runs []float64) Spread {
	sorted := slices.Sorted(slices.Values(runs))
	half := len(sorted) / 2
	median := sorted[half]
	if len(sorted)%2 == 0 {
		median = (sorted[half-1] + sorted[half]) / 2
	}
	return Spread{Median: median, Min: sorted[0], Max: sorted[len(sorted)-1], Runs: runs}
}

// against holds a figure against its limit.
func (r *Result) against(name string, limit Limit, cost float64) {
	percent := 100 * r.Median * cost / limit.Median
	r.Limit, r.Cost, r.Percent = &name, &cost, &percent
}

// report puts together what the runs of the rounds say.
func (o Options) report(m Machine, c gpt2.Config, info engine.Info, list []figure, p plan, runs map[measured][]float64, notes []string) *Report {
	r := &Report{Machine: m, Limits: map[string]Limit{}}
	for _, w := range limits {
		r.Limits[w.test] = Limit{w.unit, summarize(runs[measured{test: w.test}])}
	}
	for _, w := range p.small {
		f := memoryOf(w)
		r.Limits[f.test] = Limit{f.unit, summarize(runs[measured{w, f.test}])}
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b figure) int { return cmp.Compare(a.kind, b.kind) })
	for _, weights := range p.weights {
		format := formatOf(weights)
		for _, f := range list {
			values := runs[measured{weights, f.test}]
			if len(values) == 0 {
				continue
			}
			result := Result{Model: info.Name, Parameters: c.Parameters(), Bytes: c.Size(format), Weights: weights,
				Threads: info.Threads, Test: f.test, Unit: f.unit, Spread: summarize(values)}
			if name, cost := f.cost(c, format); name != "" {
				if name == "memory" && slices.Contains(p.small, weights) {
					name = memoryOf(weights).test
				}
				result.against(name, r.Limits[name], cost)
			}
			r.Results = append(r.Results, result)
			if f.kind == sequences {
				if one := runs[measured{weights, "decode at 0"}]; len(one) == len(values) {
					result.Test, result.Unit, result.Spread = f.test+" cost", times, summarize(costs(f.n, one, values))
					result.Limit, result.Cost, result.Percent = nil, nil, nil
					r.Results = append(r.Results, result)
				}
			}
		}
	}
	r.Notes = slices.Concat(o.method(p), p.notes, small(c, p.weights, m.cache), notes)
	return r
}

// costs are the times of a pass of k sequences in those of a pass of one, from the tokens a second in each round.
func costs(k int, one, together []float64) []float64 {
	list := make([]float64, len(one))
	for i := range list {
		list[i] = float64(k) * one[i] / together[i]
	}
	return list
}

// cost is what a token of the figure takes of which limit: bytes or operations.
func (f figure) cost(c gpt2.Config, format kernel.Format) (limit string, perToken float64) {
	switch f.bound {
	case byMemory:
		// The positions are one after the other, and what they read grows evenly.
		n, streams := f.n, 1
		if f.kind == sequences {
			n, streams = decoded, f.n
		}
		first, last := c.PassBytes(format, f.from), c.PassBytes(format, f.from+n-1)
		weights := first - (f.from+1)*c.PositionBytes(format)
		return "memory", float64(first+last)/2 - float64(weights)*float64(streams-1)/float64(streams)
	case byArithmetic:
		limit = "fma"
		if format.Integer() {
			limit = "integer"
		}
		return limit, 2 * float64(c.Products(f.from, f.n)) / float64(f.n)
	}
	return "", 0
}

// small says which formats the memory does not hold back.
func small(c gpt2.Config, weights []string, cache int) []string {
	var within []string
	for _, w := range weights {
		if c.Size(formatOf(w)) <= cache {
			within = append(within, w)
		}
	}
	if within == nil {
		return nil
	}
	return []string{fmt.Sprintf("the weights in %s fit into the processor's caches (%s), which are faster than memory: their limit is read over as many bytes", strings.Join(within, ", "), amount(cache))}
}

// method says how the figures were measured.
func (o Options) method(p plan) []string {
	cold := "load cold: from the model's files, read and quantised, without a cache (the system may have the files in memory)"
	if o.Random != "" {
		cold = "load cold: weights made up and quantised in memory"
	}
	return []string{
		fmt.Sprintf("each figure: median (lowest-highest) of %d in turn with the others, after one that does not count", o.Repetitions),
		fmt.Sprintf("decode: %d passes of one token from a position on, without sampling; generate: the same from 0 on with greedy sampling; sample: with temperature 0.8 and top-p 0.95", decoded),
		fmt.Sprintf("%d sequences: tokens a second of all together; cost: the time of their pass, in passes of one sequence", o.Sequences),
		cold,
		"load cached: mapped from the cache on disk, and checked",
		fmt.Sprintf("peak memory: of a process that loads cold and generates up to position %d", lastPosition),
		fmt.Sprintf("%% of limit: memory: bytes read for a token against %s read by all threads; fma, integer: operations against chains of them in registers", amount(p.buffer)),
	}
}
