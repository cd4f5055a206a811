// Each scenario has processes of its own, stops them and counts what is left: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
