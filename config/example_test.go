package config_test

import (
	"fmt"

	"inkling/config"
)

func Example() {
	environment := map[string]string{"INKLING_TEMPERATURE": "0.3", "INKLING_TOP_K": "20"}
	lookup := func(name string) (string, bool) { // os.LookupEnv in a program
		text, ok := environment[name]
		return text, ok
	}
	c, err := config.Load(config.Paths{}, lookup)
	if err != nil {
		fmt.Println(err)
		return
	}

	flags := config.Flags("top_k", "seed") // registered with the command
	flags[0].Set("5")                      // --top-k 5
	if err := c.SetFlags(flags...); err != nil {
		fmt.Println(err)
		return
	}

	for _, key := range []string{"temperature", "top_k", "top_p"} {
		setting, _ := config.Find(key)
		fmt.Printf("%s = %s # %s\n", key, setting.Format(c.Settings), c.Origin(key))
	}

	flags[1].Set("lucky") // --seed lucky
	fmt.Println(c.SetFlags(flags...))

	// Output:
	// temperature = 0.3 # environment INKLING_TEMPERATURE
	// top_k = 5 # flag --top-k
	// top_p = 0.95 # default
	// --seed: found "lucky", expected a whole number from 0 to 18446744073709551615, or "random"
}
