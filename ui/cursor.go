package ui

import tea "charm.land/bubbletea/v2"

// onScreen is the cursor c, nil where it is not on the screen.
func onScreen(c *tea.Cursor, width, height int) *tea.Cursor {
	if c == nil || c.X >= width || c.Y < 0 || c.Y >= height {
		return nil
	}
	return c
}
