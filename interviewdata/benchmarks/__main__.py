from interviewdata.benchmarks.run import main

main()
