"""The benchmark: ours and the C++ libraries in turns on the same data. README.md here says what each row measures."""
