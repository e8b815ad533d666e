// Package decode writes texts with a network that turns token ids into logits: it draws a token, feeds it, and draws the next.
//
// A [Stepper] is one text in the making, and does one thing at a time. A [Loop] drives the steppers of all texts that one network
// writes, in rounds: each text that is ready draws a token, and one pass computes what all of them need. Texts join and leave between
// rounds, and take orders there: to pause, to go on by so many tokens, to take a token that somebody chose, to go back.
package decode
