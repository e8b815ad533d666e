package cli

import (
	"cmp"
	"context"
	"os"
	"slices"

	"inkling/chat/session"
	"inkling/config"
	"inkling/engine"
	"inkling/engine/hub"
)

// choices are the models that a chat offers: the starter, those in the cache of the hub, the one used last first, and those
// with a short name that are not there. Where the cache cannot be read the others are there beside the error.
func (e environment) choices(c *config.Config) ([]session.Choice, error) {
	var here, there []session.Choice
	if d, err := engine.Describe(engine.Starter); err == nil {
		here = append(here, session.Choice{Name: engine.Starter, Here: true, Parameters: int64(d.Info().Parameters), Size: d.Size(), Licence: d.Licence})
	}
	snapshots, err := e.downloaded()
	slices.SortStableFunc(snapshots, func(x, y hub.Snapshot) int { return y.Used.Compare(x.Used) })
	for _, s := range snapshots {
		m := session.Choice{Name: s.Name(), Parameters: s.Config.Parameters, Size: s.Size, Used: s.Used}
		known, _ := hub.Lookup(s.ID)
		m.Licence = known.Licence
		if _, err := s.Weights(); err == nil {
			m.Here = true
			here = append(here, m)
			continue
		}
		if len(s.Refs) == 0 { // as long as it is not whole nothing says which revision it is
			m.Name = hub.Ref{ID: s.ID}.String()
		}
		m.Size, m.Begun = known.Size, true
		if !slices.ContainsFunc(there, func(o session.Choice) bool { return o.Name == m.Name }) {
			there = append(there, m)
		}
	}
	for _, k := range hub.Known() {
		if !slices.ContainsFunc(slices.Concat(here, there), func(o session.Choice) bool { return o.Name == k.Name }) {
			name := k.Name
			if _, err := os.Stat(name); err == nil { // a folder of that name would be opened
				name = k.ID
			}
			there = append(there, session.Choice{Name: name, Parameters: k.Parameters, Size: k.Size, Licence: k.Licence})
		}
	}
	elsewhere, unheard := e.services(c)
	return slices.Concat(here, elsewhere, there), cmp.Or(err, unheard)
}

// fetch downloads a model beside a chat.
func (e environment) fetch(ctx context.Context, name string, report func(hub.Progress)) error {
	ref, err := hub.Parse(name)
	if err != nil {
		return err
	}
	client, err := e.client()
	if err != nil {
		return err
	}
	defer client.Close()
	_, err = client.Pull(ctx, ref, hub.PullOptions{Progress: report})
	return err
}
