Console.WriteLine("drover");
