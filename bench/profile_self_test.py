"""bench/profile.py on made-up profiles of the shape that NVIDIA's documentation of nsys and ncu describes."""
from profile import NO_LAYER, Unreadable, innermost, read, table

NSYS = """Processing [run.sqlite] with [nvtx_kern_sum.py]...
NVTX Range,Style,PID,TID,NVTX Inst,Kern Inst,Total Time (ns),Avg (ns),Med (ns),Min (ns),Max (ns),StdDev (ns),Kernel Name
:res1/a conv2d,PushPop,7,7,10,10,"4,000,000",400000.0,400000.0,400000,400000,0.0,"void conv<float, 8>(int, int)"
:res1/a norm,PushPop,7,7,10,10,1000000,100000.0,100000.0,100000,100000,0.0,moments
:res1/a norm,PushPop,7,7,10,20,2000000,100000.0,100000.0,100000,100000,0.0,apply
: fill,PushPop,7,7,3,3,500000,1.0,1.0,1,1,0.0,fill
:term: style gram,PushPop,7,7,1,1,500000,1.0,1.0,1,1,0.0,gram
library:res1/a conv2d,PushPop,7,7,10,10,4000000,400000.0,400000.0,400000,400000,0.0,"void conv<float, 8>(int, int)"
"""

RANGE = "Domain:Push/Pop_Range:PL_Type:PL_Value:CLR_Type:Color:Msg_Type:Msg"
NCU = f"""==PROF== Connected to process 7
"ID","Process ID","Process Name","Host Name","thread {RANGE}","Kernel Name","Context","Stream","Metric Name","Metric Unit","Metric Value"
"0","7","impasto","host","1  ""<default domain>:step:none:none:none:none:none:none""  ""<default domain>:up1 conv2d:none:none:none:none:none:none"" ","conv","1","7","gpu__time_duration.sum","nsecond","2,000"
"0","7","impasto","host","1  ""<default domain>:step:none:none:none:none:none:none""  ""<default domain>:up1 conv2d:none:none:none:none:none:none"" ","conv","1","7","dram__bytes_read.sum","byte","3,000"
"0","7","impasto","host","1  ""<default domain>:step:none:none:none:none:none:none""  ""<default domain>:up1 conv2d:none:none:none:none:none:none"" ","conv","1","7","dram__bytes_write.sum","byte","1,000"
"1","7","impasto","host","","copy","1","7","gpu__time_duration.sum","us","6"
"""


def nsys():
    lines = read(NSYS)
    assert set(lines) == {("res1/a", "conv2d"), ("res1/a", "norm"), (NO_LAYER, "fill"), ("term: style", "gram")}
    norm = lines["res1/a", "norm"]
    assert (round(norm.seconds * 1e9), norm.kernels, max(norm.calls.values())) == (3000000, 30, 10)
    assert round(lines["res1/a", "conv2d"].seconds * 1e9) == 4000000  # once, not again for the library's range


def ncu():
    lines = read(NCU)
    conv = lines["up1", "conv2d"]
    assert (round(conv.seconds * 1e9), conv.bytes, conv.kernels) == (2000, 4000, 1)
    assert round(lines[NO_LAYER, ""].seconds * 1e9) == 6000
    assert innermost("") == "" and innermost('1  "other:a b:none:none:none:none:none:none"') == ""
    assert innermost('1  "<default domain>:style: relu1_2 gram:none:none:none:none:none:none"') == "style: relu1_2 gram"


def tables():
    head, conv, norm, fill, gram, total = table(read(NSYS)).splitlines()
    assert head.split() == ["layer", "primitive", "calls", "kernels", "ms", "share"]
    assert conv.split() == ["res1/a", "conv2d", "10", "10", "4.000", "50.0%"]
    assert norm.split() == ["res1/a", "norm", "10", "30", "3.000", "37.5%"]
    assert fill.split() == ["(no", "layer)", "fill", "3", "3", "0.500", "6.2%"]
    assert gram.split() == ["term:", "style", "gram", "1", "1", "0.500", "6.2%"]
    assert total.split() == ["all", "44", "8.000"]
    rows = table(read(NCU)).splitlines()
    assert rows[0].split()[-2:] == ["MB", "GB/s"]
    assert rows[2].split() == ["up1", "conv2d", "1", "0.002", "25.0%", "0.0", "2"]


def refusals():
    for text, says in (("", "did the profiler fail"), (NCU.replace('"nsecond"', '"parsec"'), "parsec"), (NCU.replace('"byte"', '"Mbyte"'), "Mbyte"),
                       (NCU.replace("Push/Pop_Range", "else"), "--nvtx")):
        try:
            read(text)
        except Unreadable as why:
            assert says in str(why)
        else:
            raise AssertionError(says)


def run():
    for test in (nsys, ncu, tables, refusals):
        test()
        print(test.__name__, "passed")
