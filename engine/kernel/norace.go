//go:build !race

package kernel

func raceRead([]float32)  {}
func raceWrite([]float32) {}
