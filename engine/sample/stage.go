package sample

import "slices"

// A Stage is one processor of the candidates of a draw.
type Stage struct {
	Name  string // as llama.cpp has it, where it has such a one
	On    func(*Params) bool
	Apply func(*Draw)
	Cuts  bool // it drops candidates and leaves the logits of the others alone
}

// stages are all that can be put in an order, in that of somebody who has not.
var stages = []*Stage{
	{Name: "penalties", Apply: (*Draw).penalize,
		On: func(p *Params) bool {
			return p.RepetitionPenalty != 1 || p.PresencePenalty != 0 || p.FrequencyPenalty != 0
		}},
	{Name: "dry", Apply: (*Draw).dry, On: func(p *Params) bool { return p.DryMultiplier > 0 }},
	{Name: "no_repeat_ngram", Cuts: true, Apply: (*Draw).noRepeatNgram, On: func(p *Params) bool { return p.NoRepeatNgram > 0 }},
	{Name: "temperature", Apply: (*Draw).temper, On: func(p *Params) bool { return p.Temperature != 1 || p.DynatempRange > 0 || p.Ramp != 0 }},
	{Name: "top_n_sigma", Cuts: true, Apply: func(d *Draw) { d.Candidates.topNSigma(d.Params.TopNSigma) },
		On: func(p *Params) bool { return p.TopNSigma > 0 }},
	{Name: "top_k", Cuts: true, Apply: func(d *Draw) { d.Candidates.topK(d.Params.TopK) },
		On: func(p *Params) bool { return p.TopK > 0 }},
	{Name: "typ_p", Cuts: true, Apply: func(d *Draw) { d.Candidates.typical(d.Params.TypicalP) },
		On: func(p *Params) bool { return p.TypicalP < 1 }},
	{Name: "top_p", Cuts: true, Apply: func(d *Draw) { d.Candidates.topP(d.Params.TopP) },
		On: func(p *Params) bool { return p.TopP < 1 }},
	{Name: "min_p", Cuts: true, Apply: func(d *Draw) { d.Candidates.minP(d.Params.MinP) },
		On: func(p *Params) bool { return p.MinP > 0 }},
	{Name: "xtc", Cuts: true, Apply: (*Draw).xtc, On: func(p *Params) bool { return p.XTCProbability > 0 }},
	{Name: "mirostat", Cuts: true, Apply: (*Draw).mirostat, On: func(p *Params) bool { return p.MirostatTau > 0 }},
}

// bans is always the first: what it drops is out of the question.
var bans = &Stage{Name: "bans", Apply: (*Draw).ban, On: func(*Params) bool { return true }}

// Samplers are the names of all stages in their usual order.
func Samplers() []string {
	var names []string
	for _, s := range stages {
		names = append(names, s.Name)
	}
	return names
}

// Order is the order of the stages in force: that of Samplers, or the usual one.
func (p *Params) Order() []string {
	if len(p.Samplers) == 0 {
		return Samplers()
	}
	return p.Samplers
}

// order puts the stages into the order of their names; an empty list stands for the usual one.
func order(to []*Stage, names []string) []*Stage {
	if len(names) == 0 {
		return append(to, stages...)
	}
	for _, name := range names {
		if i := slices.IndexFunc(stages, func(s *Stage) bool { return s.Name == name }); i >= 0 {
			to = append(to, stages[i])
		}
	}
	return to
}
