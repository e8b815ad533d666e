package ui

import (
	"context"
	"image/color"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/exp/golden"

	"inkling/chat/session"
	"inkling/engine"
	"inkling/engine/hub"
	"inkling/ui/style"
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
			"palette": func(u *user) {
				u.press("ctrl+p")
				u.types("temperature")
				u.press("down")
			},
			"keys":  func(u *user) { u.types("/keys"); u.press("enter") },
			"theme": func(u *user) { u.types("/theme "); u.press("down", "down") },
			"context": func(u *user) {
				u.types("/memory the hero is a fox")
				u.press("enter")
				u.says("Write a poem about nature")
				u.types("/context")
				u.press("enter")
				u.shows("emory")
			},
			"memory": func(u *user) {
				u.says("Write a poem about nature")
				u.types("/memory")
				u.press("enter")
				u.types("The hero is a brave fox who lives in a wood, 小说小说小说小说小说.")
			},
			"world": func(u *user) {
				u.types("/world")
				u.press("enter")
				u.types("ndragon, /wyrms?/")
				u.press("enter")
				u.types("There is one dragon, who is old and sleeps under the hill.")
				u.press("esc")
				u.types("ncastle")
				u.press("enter")
				u.types("The castle stands on a hill.")
				u.press("esc", "space")
			},
			"panes": func(u *user) {
				u.says("Write a poem about nature")
				for _, line := range []string{"/note a short one", "/note", "/world", "/memory", "/dial"} {
					u.types(line)
					u.press("enter", "esc")
				}
				u.press("tab", "tab")
			},
			"selection": func(u *user) {
				u.says("你好，世界")
				u.drag(3, 0, 9, 2)
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

// A whole screen in each theme, and in the usual one on a light background: a chat with colours of tokens, and the dial.
func TestThemeScreens(t *testing.T) {
	for _, name := range append(style.Bases(), "light background", "no colours") {
		t.Run(name, func(t *testing.T) {
			u := newUser(t, 110, 24, poem, func(o *session.Options) {
				if o.Settings.Theme = name; !slices.Contains(style.Bases(), name) {
					o.Settings.Theme = "auto"
				}
			})
			switch name {
			case "light background":
				u.send(tea.BackgroundColorMsg{Color: color.White})
			case "no colours":
				u.send(tea.ColorProfileMsg{Profile: colorprofile.Ascii})
			}
			u.says("Write a poem about nature")
			u.says("**bold** and `code`")
			u.press("ctrl+t", "right", "right", "down")
			u.steady()
			golden.RequireEqual(t, []byte(u.view()))
		})
	}
}
