// Package config holds the settings of inkling. Layers give them their values,
// each winning over the one before:
//
//  1. the defaults ([Defaults]),
//  2. what the model in use brings ([Config.SetModel]),
//  3. the file config.toml: a key for each setting, and tables (presets, keys, themes, remotes),
//  4. environment variables, INKLING_ and the key in capitals,
//  5. command line flags, the key with dashes,
//  6. what is asked for in a running chat ([Config.Set]).
//
// One table ([Table]) feeds all of them, as well as the help texts, the commented
// file that [Init] writes and the listing of [Config.Print]. A new setting is a
// field of [Settings], its default, and one line of the table; the parameters of
// sampling are the rows of [sample.Table].
//
// An environment variable that is empty counts as unset. Text is taken as it
// is; numbers, true and false are written as in TOML; a list is a JSON array in
// the environment (INKLING_STOP='["User:", "\n\n"]') and a repeated flag on the
// command line, where one empty value alone (--stop "") stands for none.
//
// Every error is one line that names the place (file and line, variable or
// flag), what was found there and what was expected.
package config
