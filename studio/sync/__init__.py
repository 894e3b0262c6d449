"""Two studios, one set of projects: each gets what it lacks, both keep what either changed, and nothing is lost."""
