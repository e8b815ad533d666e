package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"inkling/chat/session"
	"inkling/engine"
	"inkling/engine/hub"
)

var sizes = []struct {
	name          string
	width, height int
}{{"40x12", 40, 12}, {"80x24", 80, 24}, {"140x40", 140, 40}}

// pulling has the download of that model stand still in the middle.
func pulling(name string) func(*session.Options) {
	return func(o *session.Options) {
		open := o.Open
		o.Open = func(wanted string) (engine.Engine, error) {
			if wanted == name {
				return nil, hub.ErrNotLocal
			}
			return open(wanted)
		}
		o.Pull = func(ctx context.Context, _ string, report func(hub.Progress)) error {
			report(hub.Progress{Phase: hub.Fetching, Done: 364_000_000, Total: 864_000_000, Rate: 12_300_000, Left: 41 * time.Second})
			<-ctx.Done()
			return ctx.Err()
		}
	}
}

// pulls begins that download.
func (u *user) pulls(name string) {
	u.t.Helper()
	u.types("/model " + name)
	u.press("enter")
	u.until("the model is being downloaded", func() bool {
		d := u.p.session.Engine.Download()
		return d != nil && d.Progress.Rate > 0
	})
}

// models are the choices of a chat.
func models(o *session.Options) {
	o.Models = func() ([]session.Choice, error) {
		used := time.Now().Add(-75 * time.Hour)
		return []session.Choice{
			{Name: "starter", Here: true, Parameters: 2_664_576, Size: 5_420_000, Licence: "mit"},
			{Name: "gpt2", Here: true, Parameters: 124_439_808, Size: 551_000_000, Licence: "MIT", Used: used},
			{Name: "模型/很长的名字的中文小说模型", Here: true, Parameters: 102_000_000, Size: 408_000_000, Used: used},
			{Name: "gpt2-xl", Parameters: 1_557_611_200, Size: 6_435_000_000, Licence: "MIT", Begun: true},
			{Name: "dialogpt-medium", Parameters: 354_823_168, Size: 864_000_000, Licence: "MIT"},
		}, nil
	}
}

func poem(string) string {
	return "A new day comes by,\nThe sun is in the *evening* glow.\n\nThe end."
}

func TestScreens(t *testing.T) {
	for _, size := range sizes {
		for name, play := range map[string]func(u *user){
			"welcome": func(u *user) {},
			"reply":   func(u *user) { u.says("Write a poem about nature") },
			"versions": func(u *user) {
				u.says("Write a poem about nature")
				u.press("ctrl+r")
				u.idle()
				u.press("left")
			},
			"input": func(u *user) {
				u.types("one")
				u.press("ctrl+j")
				u.types("two " + strings.Repeat("words and ", 12))
			},
			"commands": func(u *user) { u.types("/s") },
			"unknown":  func(u *user) { u.types("/hlep"); u.press("enter") },
			"help":     func(u *user) { u.press("?") },
			"show":     func(u *user) { u.types("/show"); u.press("enter") },
			"dial": func(u *user) {
				u.says("Write a poem about nature")
				u.press("ctrl+t", "down", "right", "down", "left", "up")
				u.types("7")
			},
			"temperature": func(u *user) { u.press("ctrl+up", "ctrl+up", "alt+down") },
			"models": func(u *user) {
				u.pulls("dialogpt-medium")
				u.types("/model")
				u.press("enter")
				u.shows("Models")
				u.press("down", "down", "down")
			},
			"no model": func(u *user) {
				u.types("/model")
				u.press("enter")
				u.shows("Models")
				u.types("小说 模型")
			},
			"pull": func(u *user) {
				u.says("你好，世界")
				u.pulls("someone/小说小说小说小说小说小说小说")
				u.types("meanwhile")
			},
			"chats": func(u *user) {
				u.says("Write a poem about nature")
				u.press("ctrl+n")
				u.says("你好，世界")
				u.press("ctrl+s")
				u.shows("Chats (2)")
			},
		} {
			t.Run(size.name+"/"+name, func(t *testing.T) {
				options := []func(*session.Options){pulling("dialogpt-medium"), pulling("someone/小说小说小说小说小说小说小说")}
				if name == "models" {
					options = append(options, models)
				}
				u := newUser(t, size.width, size.height, poem, options...)
				play(u)
				golden.RequireEqual(t, []byte(u.steady()))
			})
		}
	}
}
